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
  let cleaned = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = nodeCount(cleaned);
    cleaned = PASSES.reduce((current, pass) => pass(current), cleaned);
    if (nodeCount(cleaned) === before) break;
  }
  return renumber(removeDeadCode(drawDropoutDirectly(cleaned)));
}

/** Nodes of the graph and of all bodies within. */
export function nodeCount(graph: KernelGraph): number {
  return graph.nodes.reduce((count, node) => count + 1 + ('body' in node ? nodeCount(node.body) : 0), 0);
}
