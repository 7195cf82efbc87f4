// What client data is made of: rows by client, asked for one client at a time. A reader of files gives one, and each
// way to change client data makes another one of it, which computes nothing until a client is asked for.
import type { Dataset, StructType } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { Fingerprint } from '../populations/population.js';

export interface ClientSource {
  readonly name: string;
  /** How many clients there are. */
  readonly size: number;
  /** What a row is: named tensors, the columns of a table. */
  readonly element: StructType;
  /** A stable name that no other client has. Here and below, `index` is from 0 to `size` − 1. */
  clientId(index: number): string;
  /** How many rows the client has, known without loading them. */
  rowCount(index: number): number;
  /** The client's rows, in a stable order: elements are of `element`. */
  rows(index: number): MaybePromise<Dataset>;
  /** Columns whose numbers stand for something else: bytes of text, or places in a list of categories. */
  readonly meanings?: Readonly<Record<string, 'text' | 'categories'>>;
  /** Columns that `standardize` chose, as nobody named any. */
  readonly standardized?: readonly string[];
  /** What tells the source from others of its name, such as a hash of the file. */
  readonly fingerprint?: Fingerprint;
}

/** `change` of what is there, now or once it is there. */
export function whenThere<T, R>(value: MaybePromise<T>, change: (value: T) => R): MaybePromise<R> {
  return value instanceof Promise ? value.then(change) : change(value);
}
