// A dataset inside a body: its columns as values of the graph, and how it is to be walked.
import type { Type } from '@starling/federated-core';
import { checkOptions, describeValue, kinds, optionError } from '@starling/federated-core/plan';
import type { SequenceView } from '../../graph/kernel-graph.js';
import type * as tf from '../../tensorflow/tf.js';
import type { CapturedValue } from '../recording/recording.js';
import { joinCounts, viewCount } from './view-count.js';

/** What `steps` does, in errors. */
const LIMIT = 'limit the steps of';
const WHOLE: SequenceView = { batchSize: null, shuffle: false, epochs: 1, dropRemainder: false, take: null };

/** A column: a value of the graph, or in a body that is run eagerly a leaf of the argument. */
export type Column = CapturedValue | { readonly leaf: number };

/**
 * A dataset that a local computation was given. It is walked as `sequenceReduce` asks: of each epoch the first `take`
 * elements, in a new order if `shuffle`, in batches that straddle two epochs only if asked to, for so many epochs or
 * `steps`. The order in which these are called does not matter. `E` is what one element is inside a body.
 *
 * Epochs, steps and `take` are numbers, or int32 scalars of the argument as they came: then each call reads them, and
 * walks no more than they say. A scalar of 0 gives no step, and a call with a negative one throws a `RangeError`; a
 * number of 0 is refused, as it says that nothing is ever to be walked.
 */
export class SymbolicDataset<E = unknown> {
  /** Carries `E` for inference; never set. */
  declare readonly elementShape?: E;

  constructor(
    readonly element: Type,
    readonly columns: readonly Column[],
    readonly view: SequenceView = WHOLE,
  ) {}

  /**
   * Batches of `size` elements: leaves gain a first axis of that size. The short last batch of an epoch is padded and
   * comes with a mask, or is left out with `dropRemainder`; with `acrossEpochs` it is filled up from the next epoch, so
   * that only the last one of all is short. Throws a `RangeError` unless `size` is a positive integer.
   */
  batch(
    size: number,
    options: { readonly dropRemainder?: boolean; readonly acrossEpochs?: boolean } = {},
  ): SymbolicDataset<E> {
    if (!(Number.isSafeInteger(size) && size >= 1)) {
      throw optionError(`Cannot batch a dataset: need a positive integer, got ${describeValue(size)}`);
    }
    checkOptions('Cannot batch a dataset', options, { dropRemainder: kinds.flag, acrossEpochs: kinds.flag });
    if (this.view.batchSize !== null) {
      throw optionError(
        `Cannot batch by ${size}: the dataset is already in batches of ${this.view.batchSize}`,
      );
    }
    const { dropRemainder = false, acrossEpochs = false } = options;
    return this.#with({ batchSize: size, dropRemainder, ...(acrossEpochs ? { acrossEpochs } : {}) });
  }

  /**
   * Walks each epoch in a new order, drawn from the seed of the call: of all elements, so that it takes no argument.
   */
  shuffle(...none: readonly never[]): SymbolicDataset<E> {
    if (none.length > 0) {
      throw optionError(
        `Cannot shuffle a dataset: need no argument, as all elements are shuffled, got ${describeValue(none[0])}`,
      );
    }
    return this.#with({ shuffle: true });
  }

  /**
   * Walks the dataset `epochs` times. Throws a `RangeError` unless a number is a positive integer, or after `steps`.
   */
  repeat(epochs: number | tf.Tensor): SymbolicDataset<E> {
    if (this.view.steps !== undefined) throw epochsOrSteps('repeat');
    const before = this.view.epochs === 1 ? null : this.view.epochs;
    return this.#with({
      epochs: joinCounts('repeat', before, viewCount('repeat', epochs), (first, second) => first * second),
    });
  }

  /**
   * Walks `count` batches in all (elements, without `batch`): as many epochs as they need, so that `repeat` is left
   * out. Throws a `RangeError` unless a number is a positive integer, or after `repeat`.
   */
  steps(count: number | tf.Tensor): SymbolicDataset<E> {
    if (this.view.epochs !== 1 && this.view.epochs !== null) throw epochsOrSteps(LIMIT);
    const before = this.view.steps ?? null;
    return this.#with({ epochs: null, steps: joinCounts(LIMIT, before, viewCount(LIMIT, count), Math.min) });
  }

  /** Uses at most `count` elements in each epoch. Throws a `RangeError` unless a number is a positive integer. */
  take(count: number | tf.Tensor): SymbolicDataset<E> {
    return this.#with({ take: joinCounts('take', this.view.take, viewCount('take', count), Math.min) });
  }

  #with(change: Partial<SequenceView>): SymbolicDataset<E> {
    return new SymbolicDataset<E>(this.element, this.columns, { ...this.view, ...change });
  }
}

function epochsOrSteps(action: string): RangeError {
  return optionError(
    `Cannot ${action} a dataset: need epochs or steps to say how long it is walked, got both`,
  );
}
