// The runtime contract: a way to run plans. A runtime broadcasts to a cohort, has each client work, and folds
// the updates lane by lane; the round loop does the rest, the same for all (rounds/run-round.ts). `contract.ts` is the
// suite that every runtime passes.
import type { Seed, Tensor } from '@starling/federated-core';
import type { Accumulator, CohortSlices } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { ClientReport, Leaves } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import type { OpenClientStates } from '@starling/store';
import type { Alteration, ClientFault } from './client-fault.js';
import type { PhaseFaults } from './phase-faults.js';

/** What the clients of a phase keep, of a plan whose clients keep a state. */
export interface PhaseStates {
  /** The run's: first states are drawn from `clientStateSeed(seed, clientId)`. */
  readonly seed: Seed;
  /** Which version each client reads, in cohort order; `null` for one that has none. */
  readonly bases: readonly (string | null)[];
  /** Names the version that the client at a position makes of `base`, in the phase that makes it. */
  nextOf(position: number, base: string | null): string;
  /** The oldest round that the run may be taken up after: clients hold what they had then, and later. */
  readonly keepFrom: number;
  /** Holds the states of clients that are on this machine; those elsewhere hold their own. */
  readonly store: OpenClientStates;
}

export interface PhaseRequest {
  /** Names the run to clients that may hear of several. Default: no name. */
  readonly run?: string;
  readonly round: number;
  /** From 1, of the attempts at this round. Default 1. */
  readonly attempt?: number;
  readonly phase: number;
  /** The round's seed; a client's is `deriveSeed(seed, 'client', clientId)`. */
  readonly seed: Seed;
  /** Client indices in cohort order, each once: `runRound` has checked them. */
  readonly cohort: readonly number[];
  /**
   * Accepted updates with which the phase may end, before all of the cohort has answered. Default: the whole cohort's;
   * a runtime whose clients all answer takes no notice.
   */
  readonly goal?: number;
  /** Leaves of what the phase broadcasts. */
  readonly broadcast: readonly Tensor[];
  /** Of the phase's selections, in order; left out if it has none. */
  readonly slices?: readonly CohortSlices[];
  /** Left out by plans whose clients keep nothing; by others, where clients are to begin with their first states. */
  readonly states?: PhaseStates;
  /** Whether it is a phase of an evaluation, of which no state is made. Default: of a round. */
  readonly isEvaluation?: boolean;
  /**
   * Simulated faults, one a client in cohort order; `null` for a client that has none. Left out if nobody has one, and
   * by all who ask a runtime that does not say that it `takesFaults`.
   */
  readonly faults?: readonly (ClientFault | null)[];
}

export interface PhaseOutcome {
  /** One accumulator for each aggregation of the phase: lanes merged in order. */
  readonly accumulators: readonly Accumulator[];
  /** One a client, in cohort order. */
  readonly reports: readonly ClientReport[];
  /** What was simulated to go wrong; left out if nothing is simulated. */
  readonly faults?: PhaseFaults;
  /** Of a step of an asynchronous run. */
  readonly step?: StepFacts;
}

/** How the reports of a step came, where nobody waits. */
export interface StepFacts {
  /** Of each report that is accepted, in the order of arrival: the steps that were taken since its version. */
  readonly staleness: readonly number[];
  /** Reports that came since the step before, and were older than any may be. */
  readonly tooStale: number;
  /** Since the latest step that counts, on the clock of the run: attempts that failed since are in it. */
  readonly virtualMs: number;
  /** Of a run whose clock is real: whose reports they were, and the updates' hashes (see `stateHash`). */
  readonly arrivals?: readonly Arrival[];
}

/** A report that is in a step, as it is kept. */
export interface Arrival {
  readonly client: string;
  /** The version that it was computed from, and the attempt at the round after it: its randomness comes from both. */
  readonly version: number;
  readonly attempt: number;
  readonly sha256: string;
}

/** What became of an attempt at a round. */
export interface SettledAttempt {
  /** As the attempt's phases named it; empty without a name. */
  readonly run: string;
  readonly round: number;
  readonly attempt: number;
  /** Whether the round is committed by it: else the attempt was given up, and the state is as it was. */
  readonly counted: boolean;
  /** Names of the clients whose work for it is meant. Default: of all. */
  readonly clients?: readonly string[];
}

/** What one client is asked by itself: in rounds that do not wait, where each works on a version of its own. */
export interface WorkRequest extends Pick<PhaseRequest, 'run' | 'round' | 'attempt' | 'phase' | 'seed'> {
  /** Its index in the population. */
  readonly client: number;
  /** Names what is broadcast: the same number always comes with the same leaves. */
  readonly version: number;
  readonly broadcast: Leaves;
  /** Of its update, by simulated faults; only of a runtime that `takesFaults`. */
  readonly alterations?: readonly Alteration[];
}

export interface WorkOutcome {
  readonly report: ClientReport;
  /** `null` unless it is accepted. */
  readonly update: Leaves | null;
}

export interface RuntimeSession {
  runPhase(request: PhaseRequest): Promise<PhaseOutcome>;
  /**
   * Has one client work, and gives its update as it is; any number of them at once, each of another client. Left out by
   * a runtime that cannot: then no run is asynchronous on it.
   */
  work?(request: WorkRequest): Promise<WorkOutcome>;
  /** How many of these are worked on side by side. Default 1. */
  readonly workers?: number;
  /** Called once an attempt counts, which is then durable, or has failed: for those who tell the clients. */
  settled?(of: SettledAttempt): void;
  /** Resolves once there is whom to ask: no round begins before. Left out by a session that is always ready. */
  ready?(): Promise<void>;
  /**
   * Calls `tell` with each client that is there, by its index, and from then on with each that comes or goes. Left out
   * where all clients are always there.
   */
  present?(tell: (client: number, isThere: boolean) => void): void;
  /** `isOver`: whether the run has ended, so that nobody need come back. Default true. */
  close(isOver?: boolean): Promise<void>;
}

export interface Runtime {
  /** For logs; any name will do. */
  readonly name: string;
  /**
   * Name of the engine that clients work on, part of what a kept run must be the same in. Left out if each client
   * chooses its own.
   */
  readonly engine?: string;
  /** Whether its sessions do as the `faults` of a phase say: then `withFaults` can be put around it. Default: no. */
  readonly takesFaults?: boolean;
  /** Makes ready to run a plan on a population: engines loaded, workers or sockets up. */
  open(plan: LinkedPlan, population: Population): Promise<RuntimeSession>;
}
