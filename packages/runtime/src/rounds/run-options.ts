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
import type { GivenAsynchronous } from '@starling/rounds';
import type { ClientStateStore, Damage, RunStore } from '@starling/store';
import type { EngineChoice } from '../engines/engines.js';
import type { FaultsInput } from '../faults/fault-schema.js';
import type { OnOtherRun } from '../kept/run-identity.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { ConstraintOutcome, LostClients, RecordLine } from '../record/record-line.js';
import type { PhaseFaults } from '../runtime/phase-faults.js';
import type { Runtime, StepFacts } from '../runtime/runtime.js';
import type { BestState } from './best-keeper.js';
import type { BestRule, StopReason } from './best-rule.js';
import type { RunSource } from './compile-run.js';
import type { CheckedConstraints, Constraints } from './constraints.js';
import type { Evaluation } from './evaluation.js';
import type { PauseSwitch } from './pause-switch.js';

/** `M`: the type of the metrics; `S`: of the state. */
export interface RoundRecord<M = HostValue, S = unknown> {
  /** From 1: how many rounds are done. */
  readonly round: number;
  /** The attempt at it that counts: 1, unless others failed before. */
  readonly attempt: number;
  readonly metrics: M;
  /** Of rounds that were evaluated. */
  readonly evaluation?: HostValue;
  /** What became of each client that was asked for the evaluation, in cohort order; if it was on clients. */
  readonly evaluationReports?: readonly RoundReport[];
  /** Names of the clients that are in the evaluation, in the order of what it collects, if that is revealing. */
  readonly evaluationClients?: readonly string[];
  /** Why there is no evaluation of a round that was due one. */
  readonly evaluationFailure?: StarlingError;
  /** Of a round in which constraints were checked. */
  readonly constraints?: readonly ConstraintOutcome[];
  /** What became of each client, in cohort order. */
  readonly reports: readonly RoundReport[];
  /** What was simulated to go wrong; left out without `faults`. */
  readonly faults?: PhaseFaults;
  /** Of a run that is `asynchronous`: how its reports came. */
  readonly step?: StepFacts;
  /** The leaves of the state after the round, copied when they are first read. None for a computation. */
  readonly state: Leaves;
  /** The same as a value of its type: `stateValue.model`. Of a computation, the round's result. */
  readonly stateValue: S;
  /** Time from asking the cohort to the new state, without evaluation and commit. */
  readonly wallMs: number;
}

/** An attempt at a round that failed: the state is as it was. */
export interface FailedRound {
  readonly round: number;
  /** From 1. */
  readonly attempt: number;
  /** `too-few-reports`, `empty-aggregate`, `integer-overflow`, `non-finite-aggregate` or `non-finite-state`. */
  readonly error: StarlingError;
  /** What had become of each client by then, in cohort order. */
  readonly reports: readonly RoundReport[];
  /** As of a round. */
  readonly faults?: PhaseFaults;
  /** As of a round. */
  readonly step?: StepFacts;
  readonly wallMs: number;
  /** Until the next attempt at it, milliseconds; `null` if there is none, and the run has failed. */
  readonly retryMs: number | null;
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

/** The type of the state after a round, or of the result of a computation in it. */
export type RoundStateOf<P, C> = [P] extends [never]
  ? C extends FederatedComputation<Type | null, infer R>
    ? ValueOf<R>
    : Value
  : StateOf<P>;

/** What each round of a run reports. */
export type RoundMetricsOf<P, C> = [P] extends [never]
  ? C extends FederatedComputation<Type | null, infer R>
    ? HostOf<R>
    : HostValue
  : MetricsOf<P>;

/** How cohorts are drawn from the clients that are there (mode `present`). */
export interface PresentOptions {
  /** Clients asked for each report that is wanted, from 1. Default 1.3. */
  readonly overSelection?: number;
  /** The part of the reports that are wanted without which a round fails, above 0, up to 1. Default 0.8. */
  readonly minimumFraction?: number;
  /** How long a selection waits for all clients that it would ask, milliseconds. Default 60,000. */
  readonly selectionMs?: number;
}

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
  /**
   * Where attempts and rounds are committed to, and the run is taken up again from; nobody else writes to the run until
   * it ends. Default: nowhere.
   */
  readonly store?: RunStore;
  /**
   * Where what clients keep is kept, of clients on this machine: for a run that is taken up again in another process,
   * in a directory (`directoryClientStates`). Clients that are reached over sockets keep their own. Default: in memory.
   */
  readonly clientStates?: ClientStateStore;
  /**
   * Names the run: 1 to 64 letters, digits, `-` and `_`. Default: the name of the one run that the store holds, or a
   * new one.
   */
  readonly run?: string;
  /**
   * Rounds from one state that is kept to the next: a run is taken up again from there, and what came after is run
   * again. That of the last round is always kept, and that of the best one. From 1; default 1.
   */
  readonly checkpointEvery?: number;
  /** Called with what is damaged in the store and was passed over. Default: Node prints a warning. */
  readonly onDamage?: (damage: readonly Damage[]) => void;
  /**
   * Where given, each cohort is drawn by the seed from the clients that are there, rather than by the sampler from all
   * of the population; the sampler says how many reports end a round, by its first cohort. What happened is kept, and
   * gives the same bits again (`replayRun`); the same seed alone does not. Of a runtime whose clients come and go.
   */
  readonly present?: PresentOptions;
  /**
   * Where given, rounds do not wait: `concurrency` clients are at work at any time, each on the state that it was
   * given, and the first `buffer` reports make a round, whichever version they are of; one that is more than
   * `maxStaleness` rounds old is refused. Clients are asked in the order in which the sampler draws them, cohort after
   * cohort. How long each takes, on a virtual clock, say the `stragglers` of `faults`; by default it is log-normal, of
   * a median of a second and σ = 1. Of a process of one phase that says what a stale report counts for: `fedBuff`, or
   * any that averages by `federatedDiscountedMean`.
   */
  readonly asynchronous?: GivenAsynchronous;
  /**
   * Attempts at one round, from 1; when the last has failed, the run throws its error. Each further one has another
   * cohort and other randomness, from the seed and its number. Default 3.
   */
  readonly maxAttempts?: number;
  /** Wait before the second attempt at a round, milliseconds; it doubles with each further one. Default 0. */
  readonly backOffMs?: number;
  /** How often a write that the disk refused is made again, after 100 ms, 200 ms, 400 ms, …. Default 5. */
  readonly storeRetries?: number;
  /**
   * What the user has set, as plain data (see `canonicalSettings`): part of what a kept run must be the same in.
   * Default: nothing.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** As a federation's `build` gives it with what it returns; `about` may have another. */
  readonly headline?: string;
  /**
   * Where given, another run that the store holds is taken up all the same, and this is told what differs; except an
   * asynchronous run.
   */
  readonly onOtherRun?: OnOtherRun;
  /** If it fails on clients, the run throws its error, or with `onFailedRound` continues without the evaluation. */
  readonly evaluation?: Evaluation<StateOf<P>>;
  /** Which state is the best, to be kept besides the last one, and when to stop looking for a better one. */
  readonly best?: BestRule;
  /** What the model must hold, and what happens if it does not. */
  readonly constraints?: Constraints;
  readonly about?: RunAbout;
  /**
   * Told, and awaited, each line of the run's record: a line of a round once it is committed.
   * Where it is given, the population is asked for its fingerprint.
   */
  readonly onRecord?: (line: RecordLine) => MaybePromise<void>;
  /**
   * Clients whose updates must count, in each phase: a whole number from 0. Default 0: the plan says what an empty
   * cohort gives.
   */
  readonly minReports?: number;
  /**
   * What goes wrong, to simulate: see docs/faults.md. Part of what a kept run must be the same in. A run whose server
   * dies is started again from its store; without one it is kept in memory. Default: nothing.
   */
  readonly faults?: FaultsInput;
  /** Called, and awaited, once a round is committed. */
  readonly onRound?: (record: RoundRecord<RoundMetricsOf<P, C>, RoundStateOf<P, C>>) => MaybePromise<void>;
  /** Called, and awaited, with each attempt at a round that has failed: of the last one, before the run throws. */
  readonly onFailedRound?: (failure: FailedRound) => MaybePromise<void>;
  /**
   * Gives up the round at hand and ends the run with the last committed state. Aborted with a `StarlingError`, it ends
   * the run by that error.
   */
  readonly signal?: AbortSignal;
  /** Holds the run between two attempts, and lets it continue: see `createPauseSwitch`. */
  readonly pause?: PauseSwitch;
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
  /** Why it ended before its last round by its rule `best`, or by its constraints; `null` if it did not. */
  readonly stopped: StopReason | null;
  /** By the rule `best`; `null` without one, while no value of its metric was finite, and if its state is lost. */
  readonly best: BestState<S> | null;
  /** Their last check; `null` without constraints. */
  readonly constraints: CheckedConstraints | null;
  /** Attempts at rounds that failed, of those of this start. */
  readonly failedRounds: number;
  /**
   * Who did not count in the rounds of this start and their evaluations, failed rounds included, and why: grouped by
   * reason, the largest group first, each with up to ten names and a count, in which a client that was lost in three
   * rounds is three. Unless the caller takes the record, or rounds and failed rounds, or simulates faults, they are
   * named on the console at the end.
   */
  readonly lost: readonly LostClients[];
  /**
   * Why the run came to nothing (`nothing-counted`), where it ran rounds and not one of them had an update that counts;
   * else `null`.
   */
  readonly failure: StarlingError | null;
  readonly wallMs: number;
}
