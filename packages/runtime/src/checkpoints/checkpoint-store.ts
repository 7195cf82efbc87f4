// Where a run is committed to and taken up again from. The round loop knows only this contract;
// `directory-checkpoints.ts` keeps it on a disk.
import type { MaybePromise } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { RecordLine } from '../record/record-line.js';
import type { PlainObject, RunIdentity } from './run-identity.js';

export interface Checkpoint {
  /** Rounds done. */
  readonly round: number;
  readonly identity: RunIdentity;
  /** The leaves of the state, and a name for each. */
  readonly names: readonly string[];
  readonly leaves: Leaves;
}

/** A checkpoint as it is found: its identity is what some run once wrote. */
export type ResumedCheckpoint = Omit<Checkpoint, 'identity'> & { readonly identity: PlainObject };

export interface CheckpointStore {
  /** Where the checkpoints are, in errors: such as a directory. */
  readonly name: string;
  /**
   * The newest checkpoint, or `null` if there is none; later calls continue from it, and lines recorded after it
   * are forgotten. `accept` sees it first: if that throws, so does `resume`, and nothing changes.
   */
  resume(accept: (found: ResumedCheckpoint) => void): MaybePromise<ResumedCheckpoint | null>;
  /** Once resolved, the checkpoint outlives a crash of the process or of the machine. */
  save(checkpoint: Checkpoint): MaybePromise<void>;
  /** Keeps a line of the run's record; as durable as the next checkpoint, or `flush`. */
  record(line: RecordLine): MaybePromise<void>;
  /** Makes durable what was recorded since the last checkpoint: called when the run ends, however it does. */
  flush(): MaybePromise<void>;
}
