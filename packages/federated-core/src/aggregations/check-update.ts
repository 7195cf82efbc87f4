// What every aggregation asks of an update before any part of it is added: the tensors of its type, finite
// numbers, weights that are not negative. All runtimes refuse by this one check; `evaluate` has its own, `acceptable`.
import { RejectedUpdateError } from '../errors/starling-error.js';
import { plainVectors, type VectorKernels } from '../sums/vector-kernels.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import type { TensorType } from '../types/types.js';
import { tensorFault } from '../values/check-value.js';
import type { Tensor } from '../values/tensor.js';
import { type Aggregation, aggregationDefinition } from './aggregations.js';
import type { Reduction } from './reduction.js';

/** Says why an update is refused, or `null` when it is accepted. Reads each leaf once and writes nothing. */
export type UpdateChecker = (update: readonly Tensor[]) => RejectedUpdateError | null;

/**
 * The checker of a phase: its aggregations, and their reductions in the same order. An update is the leaves of
 * all aggregations, one after another.
 */
export function updateChecker(
  aggregations: readonly Aggregation<unknown>[],
  reductions: readonly Reduction[],
  vectors: VectorKernels = plainVectors,
): UpdateChecker {
  const parts = aggregations.map(({ kind, update }) => ({
    weighted: aggregationDefinition(kind).weighted === true,
    types: leafTypes(update),
  }));
  const types = parts.flatMap((part) => part.types);
  return (update) => {
    try {
      if (update.length !== types.length) {
        throw new RejectedUpdateError(
          'wrong-update',
          `Cannot add an update: need ${types.length} leaves, got ${update.length}`,
        );
      }
      for (let index = 0; index < types.length; index++)
        checkLeaf(types[index]!, update[index]!, index, vectors);
      let start = 0;
      for (let index = 0; index < parts.length; index++) {
        const { weighted, types: own } = parts[index]!;
        if (weighted) checkWeight(update[start + own.length - 1]!);
        const reduction = reductions[index]!;
        if (reduction.check !== undefined) reduction.check(update.slice(start, start + own.length));
        start += own.length;
      }
      return null;
    } catch (error) {
      if (error instanceof RejectedUpdateError) return error;
      throw error;
    }
  };
}

function checkLeaf(type: TensorType, leaf: Tensor, index: number, vectors: VectorKernels): void {
  const fault = tensorFault(type, leaf);
  if (fault !== null) {
    throw new RejectedUpdateError(
      'wrong-update',
      `Cannot add an update: leaf ${index} must be ${formatType(type)}: need ${fault.need}, got ${fault.got}`,
    );
  }
  const { data } = leaf;
  const finite = !(data instanceof Float32Array || data instanceof Float64Array) || vectors.areFinite(data);
  if (!finite) {
    throw new RejectedUpdateError(
      'non-finite-update',
      `Cannot add an update: need finite numbers, got NaN or infinity in leaf ${index}`,
    );
  }
}

function checkWeight(weight: Tensor): void {
  if (Number(weight.data[0]) >= 0) return;
  throw new RejectedUpdateError(
    'invalid-weight',
    `Cannot add an update: its weight must not be negative, got ${weight.data[0]}`,
  );
}
