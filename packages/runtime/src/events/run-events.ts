// What a run tells while it runs and when it ends: the one shape that whatever shows or keeps a run is made from, such
// as a progress bar, JSON lines, a report or a dashboard.

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
}

export interface RoundSummary {
  readonly round: number;
  /** Host value: whatever the computation reports. */
  readonly metrics: unknown;
  readonly wallMs: number;
  /** How many clients of the cohort were accepted, and how many were asked. */
  readonly accepted: number;
  readonly cohort: number;
}

export interface RunSummary {
  readonly start: RunStart;
  readonly rounds: number;
  /** Metrics of the last round. */
  readonly metrics: unknown;
  /** SHA-256 (hex) of the final state's leaves. */
  readonly stateHash: string;
  readonly wallMs: number;
  /** True when the run was stopped before its last round. */
  readonly interrupted: boolean;
}

/** Follows a run; each way of showing one is an observer. */
export interface RunObserver {
  started?(start: RunStart): void | Promise<void>;
  /** Engines are loaded and clients have joined: the first round begins. */
  ready?(openingMs: number): void | Promise<void>;
  round?(summary: RoundSummary): void | Promise<void>;
  finished?(summary: RunSummary): void | Promise<void>;
}
