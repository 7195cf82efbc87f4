// What the nodes of one model share while it is lowered (lower-graph.ts).
import type { GraphBuilder, OnnxValue } from '@starling/onnx';
import type { Feed } from '../graph/feeds/feeds.js';
import type { KernelGraph, ValueId, ValueSpec } from '../graph/kernel-graph.js';

export interface LoweringContext {
  /** Which leaf of the argument a graph input is; only columns of datasets and arguments have one. */
  readonly leafOf: ReadonlyMap<ValueId, number>;
  /** Adds an input of the whole model. */
  feed(feed: Feed, value: OnnxValue): void;
  /** The next number for random nodes outside of reductions, or for reductions. */
  nextDraw(): number;
  nextReduce(): number;
  /** Within a reduction: makes an input with a leading axis of steps, and reads the current step's part. */
  random?(value: OnnxValue): { readonly all: OnnxValue; now(): OnnxValue };
  /**
   * Lowers the nodes of a graph whose inputs are already values, such as the step of a reduction; gives its outputs.
   */
  lower(
    graph: KernelGraph,
    builder: GraphBuilder,
    context: LoweringContext,
    inputs: readonly OnnxValue[],
  ): readonly OnnxValue[];
}

export function specOf(graph: KernelGraph, id: ValueId): ValueSpec {
  return graph.values[id] as ValueSpec;
}
