// The contract of a store of runs: one writer a run, whose commits each count as a whole or not at all, and who finds
// after a crash the newest state that is whole. `contract.ts` is the suite that every store passes.
import type { RunHistory } from './history.js';
import type { KeptAttempt, KeptCommit, Failure, PlainObject, RunEnd, JournalEntry } from './journal-entry.js';

/** A round that is to count. */
export interface Commit extends Omit<KeptCommit, 'state'> {
  /** Gives the state's bytes if the store needs them; `null` for a round whose state is not kept. */
  readonly state: (() => Uint8Array) | null;
}

/** A state as it was committed. */
export interface KeptState {
  readonly round: number;
  readonly bytes: Uint8Array;
}

/** Something kept that is not as it was written. */
export interface Damage {
  /** Such as the path of a file, or the number of an entry. */
  readonly where: string;
  readonly reason: string;
}

export interface ListedRun {
  readonly run: string;
  readonly identity: PlainObject;
  /** Rounds that count. */
  readonly rounds: number;
  readonly end: RunEnd | null;
}

/** What a run left behind when it was last written to. */
export interface FoundRun {
  /** As of the round of `state`: later rounds were not kept as a whole. */
  readonly history: RunHistory;
  /** The newest state that is whole; `null` if no state was ever committed. */
  readonly state: KeptState | null;
  /** What was passed over to find it, and what else is damaged of the states that the run keeps. */
  readonly damage: readonly Damage[];
}

/**
 * A run that is open for writing. Calls are made one after another: each once the one before has resolved. Each but
 * `close` throws a `StoreFailedError` if the disk refuses: then whether it is kept is not known, and it may be called
 * again with the same, or the run be closed.
 */
export interface OpenRun {
  readonly run: string;
  /** `null` for a run that is new. */
  readonly found: FoundRun | null;
  /**
   * Takes the run up after the round of `found.state` (after 0 if there is none), under this identity; what was kept of
   * later rounds is void. First of all calls; nothing of the run has changed before it. What was found is for good only
   * once this has resolved, since the last call of an earlier process may be in doubt.
   */
  start(identity: PlainObject): Promise<void>;
  /** Once resolved the attempt outlives a crash: only then may a client be asked to work for it. */
  begin(attempt: KeptAttempt): Promise<void>;
  /** The attempt came to nothing. */
  fail(failure: Failure): Promise<void>;
  /** Once resolved the round counts: state, attempt, who counted, who was lost and metrics, all of it or nothing. */
  commit(commit: Commit): Promise<void>;
  /** How the run ended; `start` takes it up again. */
  end(end: RunEnd): Promise<void>;
  /** Lets another writer in. Further calls change nothing. */
  close(): Promise<void>;
}

export interface RunStore {
  /** Where it keeps runs, in errors: such as a directory. */
  readonly name: string;
  /** How many of the last states it keeps: after the rounds of these, and no others, a run is taken up again. */
  readonly keep: number;
  /** Runs that were started, the oldest first. */
  list(): Promise<readonly ListedRun[]>;
  /**
   * Opens a run, or a new one under this name (1 to 64 letters, digits, `-` and `_`), as its only writer. Throws a
   * `StoreLockedError` if another writer is alive, and a `StoreDamagedError` if states were committed and none is
   * whole.
   */
  open(run: string): Promise<OpenRun>;
  /** What is kept of a run, also while it is written to. Throws a `StoreMisusedError` for an unknown one. */
  read(run: string): Promise<RunHistory>;
  /**
   * The journal of a run, as far as it is kept: all entries in the order in which they were written, those that a later
   * start made void among them. Throws as `read` does.
   */
  journal(run: string): Promise<readonly JournalEntry[]>;
  /** The state after a round, `null` if it is not kept (any more). Throws a `StoreDamagedError` if it is damaged. */
  state(run: string, round: number): Promise<Uint8Array | null>;
  /** All damage to what is kept of a run; nothing is changed. */
  verify(run: string): Promise<readonly Damage[]>;
  /** Lets go of files and locks. */
  close(): Promise<void>;
}

export interface RetentionOptions {
  /** How many of the last states are kept; at least 2, so that one is left if the newest is damaged. Default 2. */
  readonly keep?: number;
  /** Besides these, the state of every so many rounds is kept for good. Default: none. */
  readonly keepEvery?: number;
}
