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
  /** Of a run that looks for its best state: what it has come to by this round. */
  readonly best?: BestProgress;
}

/** Which round had the best state so far, by which value, and how many values since were no better. */
export interface BestProgress {
  /** 0 while there is none. */
  readonly round: number;
  /** `null` while there is none. */
  readonly value: number | null;
  readonly since: number;
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
  /**
   * Once resolved, the checkpoint outlives a crash of the process or of the machine. `best`: the best state, if it is
   * another than at the checkpoint before; it is kept beside the checkpoint, until there is a better one.
   */
  save(checkpoint: Checkpoint, best?: Checkpoint): MaybePromise<void>;
  /** The best state as of the last checkpoint, `null` if there is none. A store without it keeps none. */
  best?(): MaybePromise<ResumedCheckpoint | null>;
  /** Keeps a line of the run's record; as durable as the next checkpoint, or `flush`. */
  record(line: RecordLine): MaybePromise<void>;
  /** Makes durable what was recorded since the last checkpoint: called when the run ends, however it does. */
  flush(): MaybePromise<void>;
}
