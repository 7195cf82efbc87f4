// What a run of rounds is given, and what it tells: `run-rounds.ts` does the work.
import type { Engine } from '@starling/compute';
import type {
  FederatedComputation,
  HostOf,
  HostValue,
  IterativeProcess,
  MetricsOf,
  StarlingError,
  StateOf,
  Type,
  Value,
  ValueOf,
} from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { CohortSampler, Population } from '@starling/population';
import type { CheckpointStore } from '../checkpoints/checkpoint-store.js';
import type { OnOtherRun } from '../checkpoints/run-identity.js';
import type { EngineChoice } from '../engines/engines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { RecordLine } from '../record/record-line.js';
import type { Runtime } from '../runtime/runtime.js';
import type { BestState } from './best-keeper.js';
import type { BestRule, StopReason } from './best-rule.js';
import type { RunSource } from './compile-run.js';
import type { Evaluation } from './evaluation.js';

export interface RoundRecord<M = HostValue> {
  /** From 1: how many rounds are done. */
  readonly round: number;
  readonly metrics: M;
  /** Of rounds that were evaluated. */
  readonly evaluation?: HostValue;
  /** What became of each client that was asked for the evaluation, in cohort order; if it was on clients. */
  readonly evaluationReports?: readonly RoundReport[];
  /** Names of the clients that are in the evaluation, in the order of what it collects, if that is revealing. */
  readonly evaluationClients?: readonly string[];
  /** Why there is no evaluation of a round that was due one. */
  readonly evaluationFailure?: StarlingError;
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

/** The type of a run's last state, or of the last result of a computation; `never` stands for what is not given. */
export type StateValueOf<P, C> = [P] extends [never]
  ? C extends FederatedComputation<Type | null, infer R>
    ? ValueOf<R> | null
    : Value
  : StateOf<P>;

/** What each round of a run reports. */
export type RoundMetricsOf<P, C> = [P] extends [never]
  ? C extends FederatedComputation<Type | null, infer R>
    ? HostOf<R>
    : HostValue
  : MetricsOf<P>;

/** Types follow from the process or the computation that is run. */
export interface RunOptions<
  P extends IterativeProcess = IterativeProcess,
  C extends FederatedComputation = FederatedComputation,
> extends RunSource<P, C> {
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
  /** If it fails on clients, the run throws its error, or with `onFailedRound` continues without the evaluation. */
  readonly evaluation?: Evaluation<StateOf<P>>;
  /** Which state is the best, to be kept besides the last one, and when to stop looking for a better one. */
  readonly best?: BestRule;
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
  readonly onRound?: (record: RoundRecord<RoundMetricsOf<P, C>>) => MaybePromise<void>;
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

/** `S`: the type of the state; `M`: of the metrics. */
export interface RunResult<S = unknown, M = HostValue> {
  /** Rounds done, those before a resume included. */
  readonly rounds: number;
  /** The leaves of the last state; of a computation, of its last result. */
  readonly state: Leaves;
  /** The same as a value of its type, not copied: `stateValue.model`. `null` of a computation without a round. */
  readonly stateValue: S;
  /** Of the last round that this run committed. */
  readonly metrics: M | null;
  readonly evaluation: HostValue | null;
  /** See `stateHash`: of `state`. */
  readonly stateHash: string;
  readonly interrupted: boolean;
  /** Why it ended before its last round by its rule `best`; `null` if it did not. */
  readonly stopped: StopReason | null;
  /** By the rule `best`; `null` without one, and while no value of its metric was finite. */
  readonly best: BestState<S> | null;
  /** Rounds that failed, of those that this run ran; only `onFailedRound` lets a run continue. */
  readonly failedRounds: number;
  /**
   * Why the run came to nothing (`nothing-counted`), where it ran rounds and not one of them had an update that counts;
   * else `null`.
   */
  readonly failure: StarlingError | null;
  readonly wallMs: number;
}
