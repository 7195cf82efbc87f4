// How one call walks a dataset: the numbers of a view, those that stand in the call's argument included. From them
// follow the sizes of the batch indices, masks and random numbers that are made for the call, so that a client that
// does two epochs pays for two.
import type { Tensor } from '@starling/federated-core';
import type { SequenceView, ViewCount } from '../kernel-graph.js';
import { MAX_ELEMENTS } from '../max-elements.js';

export interface DatasetWalk {
  /** Elements that an epoch starts from; a short last batch of them may be left out. */
  readonly elements: number;
  readonly stepsPerEpoch: number;
  /** Steps in all; of the last epoch perhaps only the first. */
  readonly steps: number;
}

/**
 * The walk of `view` over a dataset of `length` elements. Throws a `RangeError` if a number of the argument is
 * negative, or the walk needs more than 2^28 indices, and a `TypeError` if it is no int32 scalar.
 */
export function walkOf(view: SequenceView, length: number, argument: readonly Tensor[]): DatasetWalk {
  const { batchSize, dropRemainder } = view;
  const elements = view.take === null ? length : Math.min(length, countOf('take', view.take, argument));
  const batches = elements / (batchSize ?? 1);
  const stepsPerEpoch = dropRemainder ? Math.floor(batches) : Math.ceil(batches);
  const steps =
    view.steps !== undefined
      ? countOf('steps', view.steps, argument)
      : countOf('epochs', view.epochs, argument) * stepsPerEpoch;
  // A dataset without a batch has no steps, however many are asked for.
  const walk = { elements, stepsPerEpoch, steps: stepsPerEpoch === 0 ? 0 : steps };
  if (walk.steps * (batchSize ?? 1) > MAX_ELEMENTS) {
    throw new RangeError(
      `Cannot walk a dataset: ${walk.steps} steps of ${batchSize ?? 1} examples are too many, need at most ${MAX_ELEMENTS} examples in all`,
    );
  }
  return walk;
}

function countOf(name: string, count: ViewCount | null, argument: readonly Tensor[]): number {
  const value = typeof count === 'object' && count !== null ? scalarAt(name, count.leaf, argument) : count;
  if (value !== null && value >= 0) return value;
  throw new RangeError(`Cannot walk a dataset: ${name} must be 0 or more, got ${value}`);
}

function scalarAt(name: string, leaf: number, argument: readonly Tensor[]): number {
  const value = argument[leaf];
  if (value?.dtype === 'int32' && value.shape.length === 0) return value.data[0] as number;
  const got = value === undefined ? 'nothing' : `${value.dtype}[${value.shape.join(',')}]`;
  throw new TypeError(`Cannot walk a dataset: leaf ${leaf} gives its ${name} and must be int32, got ${got}`);
}
