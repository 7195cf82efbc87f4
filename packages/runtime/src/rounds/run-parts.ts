// What a run is made of, and what stays the same from round to round.
import type { Seed } from '@starling/federated-core';
import type { PlanRunner } from '@starling/plan/runner';
import type { RoundSettings } from '@starling/rounds';
import type { OpenClientStates } from '@starling/store';
import type { AsynchronousRun } from '../asynchronous/asynchronous-session.js';
import type { BestKeeper } from './best-keeper.js';
import type { ClientVersions } from './client-versions.js';
import type { CompiledRun } from './compile-run.js';
import type { ConstraintKeeper } from './constraints.js';
import type { StateEvaluator } from './evaluate-state.js';
import type { Ledger } from './ledger.js';
import type { RunStart } from './resume-run.js';
import type { RunOptions } from './run-options.js';
import type { WatchedReports } from './watched-reports.js';

export interface KeptByClients {
  readonly versions: ClientVersions;
  readonly store: OpenClientStates;
}

export interface RunParts {
  readonly options: RunOptions;
  readonly compiled: CompiledRun;
  readonly server: PlanRunner;
  /** `null` without an evaluation. */
  readonly evaluator: StateEvaluator | null;
  /** `null` if no state is to be found the best. */
  readonly keeper: BestKeeper | null;
  /** `null` if nothing is asked of the model. */
  readonly constraints: ConstraintKeeper | null;
  /** `null` if the run is kept nowhere. */
  readonly ledger: Ledger | null;
  /** What clients reported; `null` if the sampler watches nothing of it. */
  readonly watched: WatchedReports | null;
  /** What clients keep; `null` if they keep nothing. */
  readonly kept: KeptByClients | null;
  /** `null` if rounds wait for their cohorts. */
  readonly asynchronous: AsynchronousRun | null;
  readonly settings: RoundSettings;
  readonly seed: Seed;
  readonly start: RunStart;
  /** Whether anybody asks for the lines of the record: else none is made. */
  readonly isRecorded: boolean;
  readonly clock: () => number;
  /** When the run began, by that clock. */
  readonly began: number;
}
