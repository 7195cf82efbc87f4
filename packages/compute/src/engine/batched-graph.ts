// A graph that works for many clients in one call: what an engine gives where that keeps every client's bits.
import type { Tensor } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';

export interface LoadedBatch {
  /** How many numbers a client's call computes whose datasets have so many rows: whether it is small. */
  numbers(rows: number): number;
  /**
   * Runs the graph for all clients at once. A leaf of which each client has its own has the clients as its first axis,
   * or, if it is a column of a dataset, as its second, behind the rows, of which all have the same number; the others
   * are as ever. Every leaf of the result has the clients first.
   */
  run(argument: readonly Tensor[]): MaybePromise<readonly Tensor[]>;
}

/** Why a graph runs for one client at a time; completes "it has …" or names the operator. */
export interface BatchRefusal {
  readonly reason: string;
}
