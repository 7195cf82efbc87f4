// How one call walks a dataset: the numbers of a view, those that stand in the call's argument included. From them
// follow the sizes of the batch indices, masks and random numbers that are made for the call, so that a client that
// does two epochs pays for two.
import type { Tensor } from '@starling/federated-core';
import type { SequenceView, ViewCount } from '../kernel-graph.js';
import { MAX_ELEMENTS } from '../max-elements.js';

export interface DatasetWalk {
  /** Elements that an epoch starts from; a short last batch of them may be left out. */
  readonly elements: number;
  /** Steps in all; of the last epoch perhaps only the first. */
  readonly steps: number;
  /** Places for an element in a step: 1 without batches. */
  readonly width: number;
  /** Places from the first of an epoch to the first of the next. */
  readonly placesPerEpoch: number;
  /** Places from which on there are no elements. */
  readonly places: number;
}

/**
 * The walk of `view` over a dataset of `length` elements. Throws a `RangeError` if a number of the argument is
 * negative, or the walk needs more than 2^28 indices, and a `TypeError` if it is no int32 scalar.
 */
export function walkOf(view: SequenceView, length: number, argument: readonly Tensor[]): DatasetWalk {
  const { batchSize, dropRemainder, acrossEpochs = false } = view;
  const width = batchSize ?? 1;
  const elements = view.take === null ? length : Math.min(length, countOf('take', view.take, argument));
  const batchesOf = (count: number): number =>
    dropRemainder ? Math.floor(count / width) : Math.ceil(count / width);
  const epochs =
    view.steps === undefined ? countOf('epochs', view.epochs, argument) : Number.POSITIVE_INFINITY;
  // A dataset without a batch has no steps, however many are asked for.
  const hasAny = (acrossEpochs ? elements : batchesOf(elements)) > 0;
  const inEpochs = acrossEpochs ? batchesOf(epochs * elements) : epochs * batchesOf(elements);
  const asked = view.steps === undefined ? inEpochs : countOf('steps', view.steps, argument);
  const steps = hasAny ? asked : 0;
  if (steps * width > MAX_ELEMENTS) {
    throw new RangeError(
      `Cannot walk a dataset: ${steps} steps of ${width} examples are too many, need at most ${MAX_ELEMENTS} examples in all`,
    );
  }
  const all = steps * width;
  return acrossEpochs
    ? {
        elements,
        steps,
        width,
        placesPerEpoch: elements,
        places: hasAny ? Math.min(all, epochs * elements) : 0,
      }
    : { elements, steps, width, placesPerEpoch: batchesOf(elements) * width, places: all };
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
