// A population: all clients, each with data of its own. Data is asked for by client and may be made on demand,
// so that a million clients cost no more memory than the cohort that is training.
import type { Type, Value } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';

/** Plain data, a line for each thing that can differ; hashes are SHA-256 in hexadecimal. */
export type Fingerprint = Readonly<Record<string, string | number>>;

export interface Population {
  readonly name: string;
  /** How many clients there are. */
  readonly size: number;
  /** What each client holds: the type that a plan's client input must be assignable from. */
  readonly dataType: Type;
  /** A stable, unique name; clients are numbered from 0. */
  clientId(index: number): string;
  /** How many examples the client holds, for balancing; 0 if it has no dataset. */
  exampleCount(index: number): number;
  /** The client's data: a value of `dataType`. The same client always gets the same data. */
  load(index: number): MaybePromise<Value>;
  /**
   * False if the data is with the clients alone, as it may be at a coordinator: then `load` may throw, and the
   * fingerprint does without it. Default true.
   */
  readonly dataAtHand?: boolean;
  /** What tells it from another population, at little cost (see `fingerprintOf`): the same for the same population. */
  fingerprint(): MaybePromise<Fingerprint>;
}
