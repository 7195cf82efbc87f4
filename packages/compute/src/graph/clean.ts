// Cleaning: what every captured graph passes before it is hashed, so that engines run only what is needed.
import { removeDeadCode } from './dead-code.js';
import type { KernelGraph } from './kernel-graph.js';
import { renumber } from './renumber.js';

/** The same function as a smaller graph, in canonical order. */
export function cleanGraph(graph: KernelGraph): KernelGraph {
  return renumber(removeDeadCode(graph));
}
