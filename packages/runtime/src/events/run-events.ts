// What a run tells while it runs and when it ends: the one shape that whatever shows or keeps a run is made from, such
// as a progress bar, JSON lines, a report or a dashboard. Rounds are told as the lines of the run's record.
import type { FailedRoundLine, RecordLine, RoundLine } from '../record/record-line.js';
import type { CheckedConstraints } from '../rounds/constraints.js';

export interface RunStart {
  /** Name of the federation, and one sentence on it. */
  readonly federation: string;
  readonly description: string;
  readonly runtime: string;
  /** Worker threads or client processes; `null` if the runtime has none, or they are not this machine's to count. */
  readonly workers: number | null;
  readonly rounds: number;
  readonly seed: number;
  readonly population: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The metric to look at first, by its dotted name; `null` if the federation names none. */
  readonly headline: string | null;
  /** `null` if it is not evaluated. */
  readonly evaluation: StartOfEvaluation | null;
  /** The metric by which the best state is chosen, by its dotted name; `null` if none is. */
  readonly bestBy: string | null;
}

export interface StartOfEvaluation {
  /** In rounds. */
  readonly every: number;
  /** How many clients there are to ask; `null` at the server. */
  readonly clients: number | null;
  /** Whether the server sees what single clients find. */
  readonly revealing: boolean;
}

export interface RunSummary {
  readonly start: RunStart;
  readonly rounds: number;
  /** Of the rounds of this start, those that failed. */
  readonly failedRounds: number;
  /** Of the last round, as its line has them; an evaluation stands under `evaluation`. */
  readonly metrics: RoundLine['metrics'];
  /** SHA-256 (hex) of the final state's leaves. */
  readonly stateHash: string;
  readonly wallMs: number;
  /** True when the run was stopped before its last round, from outside. */
  readonly interrupted: boolean;
  /** Why it ended before its last round by itself; `null` if it did not. */
  readonly stopped: 'target' | 'patience' | 'constraint' | null;
  /** The round of the best state, and the value of its metric; `null` if none was chosen. */
  readonly best: { readonly round: number; readonly value: number } | null;
  /** Their last check; `null` without constraints. */
  readonly constraints: CheckedConstraints | null;
}

/** Follows a run; each way of showing one is an observer. */
export interface RunObserver {
  started?(start: RunStart): void | Promise<void>;
  /** Engines are loaded and clients have joined: the first round begins. */
  ready?(openingMs: number): void | Promise<void>;
  /** A round is committed. */
  round?(line: RoundLine): void | Promise<void>;
  /** A round failed: the state is as it was. */
  failedRound?(line: FailedRoundLine): void | Promise<void>;
  /** Each line of the run's record, from its first to its last; where nobody asks for them, they are not made. */
  record?(line: RecordLine): void | Promise<void>;
  finished?(summary: RunSummary): void | Promise<void>;
  /** The run ends by an error, which is thrown once this is told. */
  failed?(error: unknown): void | Promise<void>;
}
