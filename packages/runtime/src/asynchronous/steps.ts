// The steps of an asynchronous run, wherever they come from: a virtual clock, clients that are elsewhere, or what was
// kept of a run. A step is an attempt at a round, as the round loop sees it.
import type { ClientReport } from '@starling/plan/runner';
import type { StaleFlight } from '@starling/rounds';
import type { AttemptId } from '@starling/store';
import type { WorkOutcome } from '../runtime/runtime.js';

export interface Step {
  /** Its reports, in the order of their arrival. */
  readonly reports: readonly StaleFlight[];
  /** Reports that came since the step before, and were too stale. */
  readonly refused: readonly StaleFlight[];
  /** Clients that were asked, and brought nothing, since the step before. */
  readonly lost: readonly { readonly client: number; readonly report: ClientReport }[];
  /** The oldest version that is in use besides. */
  readonly oldestVersion: number;
  /** Since the latest step that counts, milliseconds on the clock of the run: attempts that failed since are in it. */
  readonly tookMs: number;
}

/** The work of a client, as it is kept. */
export interface FlightNote {
  readonly client: string;
  readonly version: number;
  readonly attempt: number;
}

export interface Steps {
  /**
   * The attempt, once all before it are over: a later round says that the one before counted. They are asked in order.
   * `null` while its reports have not come.
   */
  at(address: AttemptId): Step | null;
  /** The step that comes so many after the one at hand, if all until then count; `null` if that is not known. */
  ahead(count: number): Pick<Step, 'reports'> | null;
  /** The work of a flight, where it is done already. */
  outcomeOf?(flight: number): Promise<WorkOutcome> | null;
  /** The attempt at hand counts, or is given up; left out where `at` tells. */
  settled?(counted: boolean): void;
  /** Rounds whose states are needed once the attempt at hand counts, to continue after one of the last `steps`. */
  versionsInUse(steps: number): readonly number[];
  /** Nobody takes a step any more; left out where nothing is to be let go of. */
  close?(): void;
  /** Who is at work, or waits, once the attempt at hand counts; left out where that follows from the seed. */
  readonly inFlight?: readonly FlightNote[];
}

/** Who is in a step, in the order of arrival; then who brought nothing. */
export function clientsOf({ reports, lost }: Pick<Step, 'reports' | 'lost'>): readonly number[] {
  return [...reports, ...lost].map(({ client }) => client);
}
