// What a run of rounds is given, and what it tells: `run-rounds.ts` does the work.
import type { Engine } from '@starling/compute';
import type { HostValue, LocalRunner, StarlingError, Value } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { CohortSampler, Population } from '@starling/population';
import type { CheckpointStore } from '../checkpoints/checkpoint-store.js';
import type { OnOtherRun } from '../checkpoints/run-identity.js';
import type { EngineChoice } from '../engines/engines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { RecordLine } from '../record/record-line.js';
import type { Runtime } from '../runtime/runtime.js';
import type { RunSource } from './compile-run.js';

/** Something worked out from the state every so many rounds, such as the accuracy on a test set. */
export interface Evaluation {
  /** In rounds, from 1; the last round is always evaluated. */
  readonly every: number;
  /** `local` runs local computations on the engine of the run. */
  run(state: Value, round: number, local: LocalRunner): MaybePromise<HostValue>;
}

export interface RoundRecord {
  /** From 1: how many rounds are done. */
  readonly round: number;
  readonly metrics: HostValue;
  /** Of rounds that were evaluated. */
  readonly evaluation?: HostValue;
  /** What became of each client, in cohort order. */
  readonly reports: readonly RoundReport[];
  /** The leaves of the state after the round, not copied: not to be written to. None for a computation. */
  readonly state: Leaves;
  /** Time from sampling the cohort to the new state, without evaluation and checkpoint. */
  readonly wallMs: number;
}

export interface FailedRound {
  readonly round: number;
  /** `too-few-reports`, `empty-aggregate`, `integer-overflow`, `non-finite-aggregate` or `non-finite-state`. */
  readonly error: StarlingError;
  /** What had become of each client by then, in cohort order. */
  readonly reports: readonly RoundReport[];
  readonly wallMs: number;
}

/** What the first line of a run's record says beside what the run itself knows. */
export interface RunAbout {
  /** Default: the plan's name. */
  readonly federation?: string;
  readonly description?: string;
  /** The metric to look at first, by its dotted name. */
  readonly headline?: string;
  /** Worker threads or client processes. */
  readonly workers?: number;
  /** In UTC, as `Date.toISOString` gives it. */
  readonly startedAt?: string;
}

export interface RunOptions extends RunSource {
  readonly runtime: Runtime;
  readonly population: Population;
  readonly sampler: CohortSampler;
  /** Rounds in all, those before a resume included: a whole number from 0, which runs none. */
  readonly rounds: number;
  /** A non-negative safe integer. */
  readonly seed: number;
  /** What runs the server's own programs. Default: the onnx engine. */
  readonly engine?: EngineChoice | Engine;
  /** Where each round is committed to, and taken up again from. */
  readonly checkpoints?: CheckpointStore;
  /** Rounds from one checkpoint to the next; the last round always has one. From 1; default 1. */
  readonly checkpointEvery?: number;
  /**
   * What the user has set, as plain data (see `canonicalSettings`): part of what a checkpoint must be the same in.
   * Default: nothing.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** As a federation's `build` gives it with what it returns; `about` may have another. */
  readonly headline?: string;
  /** Where given, a checkpoint of another run is taken up all the same, and this is told what differs. */
  readonly onOtherRun?: OnOtherRun;
  readonly evaluation?: Evaluation;
  readonly about?: RunAbout;
  /**
   * Told, and awaited, each line of the run's record, as `checkpoints` is: a line of a round once it is committed.
   * Where it is given, the population is asked for its fingerprint.
   */
  readonly onRecord?: (line: RecordLine) => MaybePromise<void>;
  /**
   * Clients whose updates must count, in each phase: a whole number from 0. Default 0: the plan says what an empty
   * cohort gives.
   */
  readonly minReports?: number;
  /** Called, and awaited, once a round is committed. */
  readonly onRound?: (record: RoundRecord) => MaybePromise<void>;
  /** Where given, a failed round keeps the state and the run continues; else the run throws its error. */
  readonly onFailedRound?: (failure: FailedRound) => MaybePromise<void>;
  /**
   * Gives up the round at hand and ends the run with the last committed state. Aborted with a `StarlingError`, it ends
   * the run by that error.
   */
  readonly signal?: AbortSignal;
  /** Milliseconds, for `wallMs`. */
  readonly clock?: () => number;
}

export interface RunResult {
  /** Rounds done, those before a resume included. */
  readonly rounds: number;
  /** The leaves of the last state; of a computation, of its last result. */
  readonly state: Leaves;
  /** Of the last round that this run committed. */
  readonly metrics: HostValue | null;
  readonly evaluation: HostValue | null;
  /** See `stateHash`: of `state`. */
  readonly stateHash: string;
  readonly interrupted: boolean;
  /** Rounds that failed, of those that this run ran; only `onFailedRound` lets a run continue. */
  readonly failedRounds: number;
  /**
   * Why the run came to nothing (`nothing-counted`), where it ran rounds and not one of them had an update that counts;
   * else `null`.
   */
  readonly failure: StarlingError | null;
  readonly wallMs: number;
}
