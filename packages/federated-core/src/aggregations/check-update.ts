// What every aggregation asks of an update before any part of it is added: the tensors of its type, finite
// numbers, weights that are not negative. All runtimes refuse by this one check; `evaluate` has its own, `acceptable`.
import { RejectedUpdateError } from '../errors/starling-error.js';
import { plainVectors, type VectorKernels } from '../sums/vector-kernels.js';
import { leafNames } from '../types/leaf-names.js';
import { leafTypes } from '../types/leaves.js';
import { structEntries, type TensorType } from '../types/types.js';
import { tensorFault } from '../values/check-value.js';
import type { Tensor } from '../values/tensor.js';
import { type Aggregation, isWeighted } from './aggregations.js';
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
  const parts = aggregations.map((aggregation) => ({
    weighted: isWeighted(aggregation),
    types: leafTypes(aggregation.update),
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
      for (let index = 0; index < types.length; index++) {
        const refusal = checkLeaf(types[index]!, update[index]!, vectors);
        if (refusal !== null) throw refused(refusal, nameOf(aggregations, index));
      }
      let start = 0;
      for (let index = 0; index < parts.length; index++) {
        const { weighted, types: own } = parts[index]!;
        if (weighted) checkWeight(update[start + own.length - 1]!, index);
        checkOwn(reductions[index]!, update, start, start + own.length, index);
        start += own.length;
      }
      return null;
    } catch (error) {
      if (error instanceof RejectedUpdateError) return error;
      throw error;
    }
  };
}

interface LeafRefusal {
  readonly code: 'wrong-update' | 'non-finite-update';
  readonly need: string;
  readonly got: string;
}

function checkLeaf(type: TensorType, leaf: Tensor, vectors: VectorKernels): LeafRefusal | null {
  const fault = tensorFault(type, leaf);
  if (fault !== null) return { code: 'wrong-update', ...fault };
  const { data } = leaf;
  if (!(data instanceof Float32Array || data instanceof Float64Array) || vectors.areFinite(data)) return null;
  const got = String(data.find((one) => !Number.isFinite(one)));
  return { code: 'non-finite-update', need: 'finite numbers', got };
}

function refused({ code, need, got }: LeafRefusal, leaf: string): RejectedUpdateError {
  return new RejectedUpdateError(code, `Cannot add an update: need ${need}, got ${got} in ${leaf}`);
}

/**
 * `model.kernel of aggregation 1`, for the leaf at `index` of an update. The plan's owner puts the user's line in place
 * of the number (`explainFailure`).
 */
function nameOf(aggregations: readonly Aggregation<unknown>[], index: number): string {
  const names = aggregations.flatMap((aggregation, number) =>
    updateNames(aggregation).map((name) => `${name} of aggregation ${number}`),
  );
  return names[index]!;
}

/**
 * Names for the leaves of what a client sends: paths as the user wrote them, the value's without the pair that it makes
 * with its weight.
 */
export function updateNames(aggregation: Aggregation<unknown>): readonly string[] {
  const { update } = aggregation;
  if (!isWeighted(aggregation) || update.kind !== 'struct') return leafNames(update);
  return [...leafNames(structEntries(update)[0]![1]), 'the weight'];
}

function checkWeight(weight: Tensor, aggregation: number): void {
  if (Number(weight.data[0]) >= 0) return;
  throw new RejectedUpdateError(
    'invalid-weight',
    `Cannot add an update: its weight must not be negative, got ${weight.data[0]} in aggregation ${aggregation}`,
  );
}

/** What a kind refuses, with the aggregation that it is of. */
function checkOwn(
  reduction: Reduction,
  update: readonly Tensor[],
  start: number,
  end: number,
  aggregation: number,
): void {
  if (reduction.check === undefined) return;
  try {
    reduction.check(update.slice(start, end));
  } catch (error) {
    if (!(error instanceof RejectedUpdateError)) throw error;
    throw new RejectedUpdateError(error.code, `${error.message} in aggregation ${aggregation}`, {
      cause: error,
    });
  }
}
