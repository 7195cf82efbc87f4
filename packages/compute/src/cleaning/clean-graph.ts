// Cleaning: what every captured graph passes before it is hashed, so that engines run only what is needed. Each pass
// stands in a file of its own and changes no value.
import type { KernelGraph } from '../graph/kernel-graph.js';
import { mergeCommonSubexpressions } from './common-subexpressions.js';
import { foldConstants } from './constant-folding.js';
import { removeDeadCode } from './dead-code.js';
import { drawDropoutDirectly } from './dropout.js';
import { flattenProducts } from './flat-products.js';
import { hoistScanProducts } from './hoist-scan-products.js';
import { removeIdentities } from './identities.js';
import { inlineConstants } from './inline-constants.js';
import { renumber } from './renumber.js';
import { scalarFills } from './scalar-fills.js';

const PASSES = [
  removeDeadCode,
  removeIdentities,
  flattenProducts,
  hoistScanProducts,
  inlineConstants,
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
    const before = outline(simplified);
    simplified = PASSES.reduce((current, pass) => pass(current), simplified);
    if (outline(simplified) === before) break;
  }
  return removeDeadCode(simplified);
}

/** The names of all nodes in order: passes that have nothing left to do leave them as they are. */
function outline(graph: KernelGraph): string {
  return graph.nodes
    .map((node) => {
      if (node.op === 'kernel') return node.kernel;
      return 'body' in node ? `${node.op}(${outline(node.body)})` : node.op;
    })
    .join(' ');
}
