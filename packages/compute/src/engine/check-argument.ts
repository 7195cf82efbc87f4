// Checks the leaves of a call's argument against the signature of a graph, before any engine sees them.
import type { Tensor } from '@starling/federated-core';
import { partsFault } from '@starling/federated-core/plan';

/** What a graph takes as one leaf: −1 stands for any length. */
export interface LeafSpec {
  readonly dtype: Tensor['dtype'];
  readonly shape: readonly number[];
}

/** Throws a `TypeError` that names the graph, the leaf, what it must be and what it is. */
export function checkArgument(graph: string, specs: readonly LeafSpec[], argument: readonly Tensor[]): void {
  if (argument.length !== specs.length) {
    throw new TypeError(`Cannot run '${graph}': it takes ${specs.length} leaves, got ${argument.length}`);
  }
  specs.forEach((spec, leaf) => {
    const value = argument[leaf] as Tensor;
    if (!matches(spec, value)) {
      throw new TypeError(
        `Cannot run '${graph}': leaf ${leaf} must be ${describe(spec)}, got ${describe(value)}`,
      );
    }
    const fault = partsFault(value);
    if (fault !== null) {
      throw new TypeError(`Cannot run '${graph}': leaf ${leaf} must have ${fault.need}, got ${fault.got}`);
    }
  });
}

function matches(spec: LeafSpec, { dtype, shape }: Tensor): boolean {
  return (
    dtype === spec.dtype &&
    shape.length === spec.shape.length &&
    spec.shape.every((size, axis) => size === -1 || size === shape[axis])
  );
}

const describe = ({ dtype, shape }: LeafSpec): string =>
  `${dtype}[${shape.map((size) => (size === -1 ? '?' : size)).join(',')}]`;
