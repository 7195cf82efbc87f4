// A dataset inside a body: its columns as values of the graph, and how it is to be walked.
import type { Type } from '@starling/federated-core';
import type { SequenceView } from '../graph/kernel-graph.js';
import type { CapturedValue } from './frame.js';

const WHOLE: SequenceView = { batchSize: null, shuffle: false, epochs: 1, dropRemainder: false, take: null };

/**
 * A dataset that a local computation was given. It is walked as `sequenceReduce` asks: of each epoch the first `take`
 * elements, in a new order if `shuffle`, in batches that never straddle two epochs. The order in which these are
 * called does not matter. `E` is what one element is inside a body.
 */
export class SymbolicDataset<E = unknown> {
  /** Carries `E` for inference; never set. */
  declare readonly elementShape?: E;

  constructor(
    readonly element: Type,
    readonly columns: readonly CapturedValue[],
    readonly view: SequenceView = WHOLE,
  ) {}

  /**
   * Batches of `size` elements: leaves gain a first axis of that size. A short last batch is padded and comes with a
   * mask, or is left out with `dropRemainder`. Throws a `RangeError` unless `size` is a positive integer.
   */
  batch(size: number, options: { readonly dropRemainder?: boolean } = {}): SymbolicDataset<E> {
    positiveInteger('batch', size);
    if (this.view.batchSize !== null) {
      throw new RangeError(
        `Cannot batch by ${size}: the dataset is already in batches of ${this.view.batchSize}`,
      );
    }
    return this.#with({ batchSize: size, dropRemainder: options.dropRemainder ?? false });
  }

  /** Walks each epoch in a new order, drawn from the seed of the call. */
  shuffle(): SymbolicDataset<E> {
    return this.#with({ shuffle: true });
  }

  /** Walks the dataset `epochs` times. Throws a `RangeError` unless that is a positive integer. */
  repeat(epochs: number): SymbolicDataset<E> {
    positiveInteger('repeat', epochs);
    return this.#with({ epochs: this.view.epochs * epochs });
  }

  /** Uses at most `count` elements in each epoch. Throws a `RangeError` unless that is a positive integer. */
  take(count: number): SymbolicDataset<E> {
    positiveInteger('take', count);
    return this.#with({ take: Math.min(count, this.view.take ?? count) });
  }

  #with(change: Partial<SequenceView>): SymbolicDataset<E> {
    return new SymbolicDataset<E>(this.element, this.columns, { ...this.view, ...change });
  }
}

function positiveInteger(method: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(`Cannot ${method} a dataset: need a positive integer, got ${value}`);
  }
}
