// The contract of partitioners: how the examples of one dataset are dealt to clients. Pure functions of the
// labels and a seed; `contract.ts` is the suite that every partitioner passes.
import type { Seed } from '@starling/federated-core';

export interface Partitioner {
  readonly name: string;
  readonly clients: number;
  /**
   * The row indices of each client, one list a client. Every row goes to exactly one client.
   * `labels` has one label a row. Throws a `RangeError` when there are too few rows.
   */
  partition(labels: ArrayLike<number>, seed: Seed): readonly Int32Array[];
}
