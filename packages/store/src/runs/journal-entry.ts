// What a store keeps of a run besides its states: a journal of entries, appended one after another and never changed. A
// run's history is what they add up to (`history.ts`).
import type { LostClient } from '@starling/federated-core/plan';

/** Of the entries; journals of another are not read. The first had `refused` for `lost`. */
export const JOURNAL_FORMAT = 2;

/** What JSON can hold, and gives back as it was. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [name: string]: Plain;
}

/** Which attempt at which round: both from 1. */
export interface AttemptId {
  readonly round: number;
  readonly attempt: number;
}

/** The clients that an attempt asks. */
export interface KeptCohort {
  readonly size: number;
  /** SHA-256, hexadecimal, of what tells this cohort from any other. */
  readonly digest: string;
  /** Names in cohort order. Left out where the seed and the attempt give the cohort again. */
  readonly clients?: readonly string[];
}

/** An attempt at a round, as it is before any client is asked to work for it. */
export interface KeptAttempt extends AttemptId {
  readonly cohort: KeptCohort;
  /** Two unsigned 32-bit words. */
  readonly seed: readonly [number, number];
}

/** An attempt that came to nothing; the state is as it was before. */
export interface Failure extends AttemptId {
  readonly code: string;
  readonly reason: string;
  /** What else its writer tells of it. */
  readonly details?: Plain;
}

/** How a run ended. `stopped`: its last round is not done, and it may be taken up again. */
export interface RunEnd {
  readonly outcome: 'finished' | 'failed' | 'stopped';
  readonly code: string;
  readonly reason: string;
  /** What else its writer tells of it. */
  readonly details?: Plain;
}

/** A state that is kept, and by what it is known again. */
export interface StateMark {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** What became of the states that clients keep, in a round that counts. */
export interface CountedVersions {
  /** By `counted`: the version of its state that each client has from here on; SHA-256, hexadecimal. */
  readonly ids: readonly string[];
  /** SHA-256 of these and of the chain of the round before. */
  readonly chain: string;
  /** Names of clients that had lost their state and began anew; left out if there are none. */
  readonly restarted?: readonly string[];
}

/** A round that counts. */
export interface KeptCommit extends AttemptId {
  /** Names in cohort order of the clients whose reports are in the state. */
  readonly counted: readonly string[];
  readonly lost: readonly LostClient[];
  readonly metrics: Plain;
  /** Of a run whose clients keep a state. */
  readonly clientVersions?: CountedVersions;
  /** `null` for a round whose state is not kept. */
  readonly state: StateMark | null;
  /**
   * Rounds whose states are kept, whatever else is, until a later commit no longer names them: such as that of the best
   * one so far. Each has been committed with a state, or is this one.
   */
  readonly pinned?: readonly number[];
}

export type JournalEntry =
  /** A process took the run up after round `from`: what was recorded of later rounds is void. */
  | {
      readonly kind: 'started';
      readonly format: number;
      readonly run: string;
      readonly from: number;
      readonly identity: PlainObject;
    }
  | ({ readonly kind: 'attempt' } & KeptAttempt)
  | ({ readonly kind: 'failed' } & Failure)
  | ({ readonly kind: 'commit' } & KeptCommit)
  | ({ readonly kind: 'ended' } & RunEnd);
