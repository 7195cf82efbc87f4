// From a draw or a reduction as a body writes it to what the graph of that body made of it: cleaning leaves out what
// nothing reads, and seeds are split by what is left. A body that is run eagerly finds its seeds here.
import type { KernelGraph, RandomNode, ReduceNode } from '../../graph/kernel-graph.js';

/** What became of the draws and reductions of a body; what is missing was left out. */
export interface WrittenPlaces {
  /** By the place of the draw among those written: its node, and its number among those kept. */
  readonly draws: ReadonlyMap<number, { readonly node: RandomNode; readonly draw: number }>;
  readonly reductions: ReadonlyMap<number, { readonly reduce: number; readonly body: WrittenPlaces }>;
}

/** Of a cleaned graph whose capture was numbered. */
export function writtenPlaces({ nodes }: KernelGraph): WrittenPlaces {
  const random = nodes.filter((node): node is RandomNode => node.op === 'random');
  const reductions = nodes.filter((node): node is ReduceNode => node.op === 'reduce');
  return {
    draws: new Map(random.map((node, draw) => [node.written as number, { node, draw }])),
    reductions: new Map(
      reductions.map(({ written, body }, reduce) => [
        written as number,
        { reduce, body: writtenPlaces(body) },
      ]),
    ),
  };
}

/** Of a body of which nothing was kept. */
export const NOTHING_KEPT: WrittenPlaces = { draws: new Map(), reductions: new Map() };
