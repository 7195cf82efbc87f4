// The contract of partitioners: how the examples of one dataset are dealt to clients. Pure functions of the
// labels and a seed; `contract.ts` is the suite that every partitioner passes.
import type { Seed } from '@starling/federated-core';

/** What a row is dealt by: its class, a number such as an age, or the id of whom it is from. */
export type Label = number | bigint | string;

export interface Partitioner {
  readonly name: string;
  /** How many parts there will be; null where the labels decide. */
  readonly clients: number | null;
  /**
   * The row indices of each client, one list a client. A row goes to one client at most, and no client is without rows,
   * unless the partitioner says otherwise. `labels` has one label a row. Throws a `RangeError` when there are too few
   * rows.
   */
  partition(labels: ArrayLike<Label>, seed: Seed): readonly Int32Array[];
  /** What clients are called, in the order of the parts, where the labels or the options name them. */
  clientNames?(labels: ArrayLike<Label>): readonly string[];
}
