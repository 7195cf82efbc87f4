// Where a run is committed to and taken up again from. The round loop knows only this contract;
// `directory-checkpoints.ts` keeps it on a disk.
import type { HostValue, MaybePromise } from '@starling/federated-core';
import type { Leaves } from '../plan/plan-runner.js';

/** What must be the same for a run to be taken up again. */
export interface RunIdentity {
  /** Hash of the plan. */
  readonly plan: string;
  readonly seed: number;
}

export interface Checkpoint {
  /** Rounds done. */
  readonly round: number;
  readonly identity: RunIdentity;
  /** The leaves of the state, and a name for each. */
  readonly names: readonly string[];
  readonly leaves: Leaves;
}

export interface MetricsRow {
  readonly round: number;
  readonly metrics: HostValue;
  readonly evaluation?: HostValue;
  readonly wallMs: number;
}

export interface CheckpointStore {
  /**
   * The newest checkpoint, or `null` where there is none; later calls go on from it, and rows recorded after
   * it are forgotten. Throws a `CheckpointError` where it is of another run.
   */
  resume(identity: RunIdentity): MaybePromise<Checkpoint | null>;
  /** Once resolved, the checkpoint outlives a crash of the process or of the machine. */
  save(checkpoint: Checkpoint): MaybePromise<void>;
  /** Keeps a row of metrics; as durable as the next checkpoint. */
  record(row: MetricsRow): MaybePromise<void>;
}
