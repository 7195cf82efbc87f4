// Running sums: gradients of what all steps read, carried from step to step by the backward scan, where they cannot be
// summed after the walk.
import type { GraphNode, KernelGraph, ValueId, ValueSpec } from '../../graph/kernel-graph.js';
import { without } from './joint-step.js';

/** The joint graph with running sums added. */
export class RunningSums {
  readonly #values: ValueSpec[];
  readonly #nodes: GraphNode[] = [];

  constructor(readonly joint: KernelGraph) {
    this.#values = [...joint.values];
  }

  runningSum(term: ValueId): { readonly before: ValueId; readonly after: ValueId; readonly spec: ValueSpec } {
    const spec = this.#values[term] as ValueSpec;
    const before = this.#values.push(spec) - 1;
    const after = this.#values.push(spec) - 1;
    this.#nodes.push({
      op: 'kernel',
      kernel: 'Add',
      inputs: { a: before, b: term },
      attributes: {},
      outputs: [after],
    });
    return { before, after, spec };
  }

  /** Without the nodes that make what the body takes as an input. */
  graph(given: ReadonlySet<ValueId>): Pick<KernelGraph, 'values' | 'constants' | 'nodes'> {
    return {
      values: this.#values,
      constants: this.joint.constants,
      nodes: [...without(this.joint, given), ...this.#nodes],
    };
  }
}
