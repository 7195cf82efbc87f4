// The contract of an aggregation at run time: the four operators that every runtime folds a cohort with, in
// the same order everywhere. Implementations stand with their intrinsics.

import type { MaybePromise } from '../program/local-computation.js';
import type { Column } from '../values/column.js';
import type { Tensor } from '../values/tensor.js';

/** A partial aggregate: plain tensors (sums in float64), so that it can cross a thread or a disk. */
export type Accumulator = readonly Tensor[];

export interface Reduction {
  zero(): MaybePromise<Accumulator>;
  /**
   * Makes an accumulator of its own what `zero` gives, as far as its operators read it. Left out: every number is
   * written over by that of `zero`.
   */
  reset?(accumulator: Accumulator): void;
  /**
   * Looks at one client's update before any part of it is added, and throws a `RejectedUpdateError` when this
   * kind refuses it (a value out of range). That its tensors fit the update type, are finite, and that weights
   * are not negative is checked for all kinds alike (see `checkUpdate`).
   */
  check?(update: readonly Tensor[]): void;
  /**
   * Adds one client's update; may write into `accumulator` and give it back. `staleness`: how many steps were taken
   * since the state that it was computed from; 0, the default, in synchronous rounds. Few kinds ask.
   */
  accumulate(
    accumulator: Accumulator,
    update: readonly Tensor[],
    staleness?: number,
  ): MaybePromise<Accumulator>;
  /**
   * Adds the updates of the clients at the rows from `from` to before `to`, in order and in place, as `accumulate`
   * would one after another. Left out: they are given to it as tensors. The updates are checked, and of fixed shapes.
   */
  accumulateMany?(accumulator: Accumulator, columns: readonly Column[], from: number, to: number): void;
  /** Joins two partial aggregates, `left` before `right`; may write into `left`. */
  merge(left: Accumulator, right: Accumulator): MaybePromise<Accumulator>;
  /**
   * The aggregate; throws an `EmptyAggregateError` when it is undefined and the plan gives no `ifEmpty`, and a
   * `NonFiniteError` when a number of it is not finite.
   */
  report(accumulator: Accumulator): MaybePromise<readonly Tensor[]>;
}
