// Cleaning: what every captured graph passes before it is hashed, so that engines run only what is needed. Each pass
// stands in a file of its own and changes no value.
import type { KernelGraph } from '../kernel-graph.js';
import { mergeCommonSubexpressions } from './common-subexpressions.js';
import { foldConstants } from './constant-folding.js';
import { removeDeadCode } from './dead-code.js';
import { drawDropoutDirectly } from './dropout.js';
import { removeIdentities } from './identities.js';
import { renumber } from './renumber.js';
import { scalarFills } from './scalar-fills.js';

const PASSES = [
  removeDeadCode,
  removeIdentities,
  foldConstants,
  scalarFills,
  mergeCommonSubexpressions,
] as const;

/** Passes make room for each other; in practice two or three rounds leave nothing to do. */
const MOST_ROUNDS = 8;

/** The same function as a smaller graph, in canonical order. */
export function cleanGraph(graph: KernelGraph): KernelGraph {
  return renumber(removeDeadCode(drawDropoutDirectly(simplifyGraph(graph))));
}

/** The same function as a smaller graph; values keep their ids. */
export function simplifyGraph(graph: KernelGraph): KernelGraph {
  let simplified = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = nodeCount(simplified);
    simplified = PASSES.reduce((current, pass) => pass(current), simplified);
    if (nodeCount(simplified) === before) break;
  }
  return removeDeadCode(simplified);
}

/** Nodes of the graph and of all bodies within. */
export function nodeCount(graph: KernelGraph): number {
  return graph.nodes.reduce((count, node) => count + 1 + ('body' in node ? nodeCount(node.body) : 0), 0);
}
