// Runs in the memory of this process: what a run without a directory has, and the plainest meaning of the contract. It
// encodes no state before somebody asks for it, so that a commit costs nothing.
import { checkOptions, numberWithin } from '@starling/federated-core/plan';
import { checkRunName, expiredRounds, retentionChecks, retentionOf, UseCheck } from '../runs/check-use.js';
import { StoreLockedError, StoreMisusedError } from '../runs/errors.js';
import { historyOf, historyUpTo, type RunHistory } from '../runs/history.js';
import { JOURNAL_FORMAT, type JournalEntry, type KeptCommit } from '../runs/journal-entry.js';
import { listedRun } from '../runs/listed-run.js';
import type { ListedRun, OpenRun, RetentionOptions, RunStore } from '../runs/run-store.js';

export interface MemoryStoreOptions extends RetentionOptions {
  /** Entries that are kept of a run, at least 8: the first, and the last of the others. Default: all. */
  readonly keepEntries?: number;
}

/** What gives a state's bytes, once asked. */
type MemoryState = () => Uint8Array;

interface MemoryRun {
  readonly entries: JournalEntry[];
  readonly states: Map<number, MemoryState>;
  isOpen: boolean;
}

/**
 * A new store without runs. A state is given as the bytes that its function gives when it is asked for, and so what the
 * function reads must not change.
 */
export function memoryStore(options: MemoryStoreOptions = {}): RunStore {
  checkOptions('Cannot make a store in memory', options, {
    ...retentionChecks,
    keepEntries: numberWithin({ whole: true, from: 8 }),
  });
  const retention = retentionOf(options);
  const { keepEntries = Number.POSITIVE_INFINITY } = options;
  const runs = new Map<string, MemoryRun>();
  const known = (run: string): { readonly kept: MemoryRun; readonly history: RunHistory } => {
    const kept = runs.get(run);
    const history = kept === undefined ? null : historyOf(kept.entries);
    if (kept !== undefined && history !== null) return { kept, history };
    throw new StoreMisusedError(`Cannot read run '${run}': memory holds no such run`);
  };

  return {
    name: 'memory',
    keep: retention.keep,
    async list() {
      return [...runs.values()].flatMap(({ entries }): ListedRun[] => {
        const history = historyOf(entries);
        return history === null ? [] : [listedRun(history)];
      });
    },
    async open(run) {
      checkRunName(run);
      const kept = runs.get(run) ?? { entries: [], states: new Map<number, MemoryState>(), isOpen: false };
      if (kept.isOpen) throw new StoreLockedError(`Cannot open run '${run}': it is open in this process`);
      runs.set(run, kept);
      kept.isOpen = true;
      return openMemoryRun(run, kept, retention, keepEntries);
    },
    read: async (run) => known(run).history,
    journal: async (run) => [...known(run).kept.entries],
    state: async (run, round) => known(run).kept.states.get(round)?.() ?? null,
    async verify(run) {
      known(run);
      return [];
    },
    async close() {},
  };
}

function openMemoryRun(
  run: string,
  kept: MemoryRun,
  retention: Required<RetentionOptions>,
  keepEntries: number,
): OpenRun {
  const { entries, states } = kept;
  const history = historyOf(entries);
  const round = Math.max(0, ...states.keys());
  const state = states.get(round);
  const use = new UseCheck(run, round);
  let isClosed = false;

  const append = (entry: JournalEntry): void => {
    entries.push(entry);
    // The first says who the run is, and stays.
    if (entries.length > keepEntries) entries.splice(1, entries.length - keepEntries);
  };

  return {
    run,
    found:
      history === null
        ? null
        : {
            history: historyUpTo(history, round),
            state: state === undefined ? null : { round, bytes: state() },
            damage: [],
          },
    start: (identity) =>
      use.during('start', null, () =>
        append({ kind: 'started', format: JOURNAL_FORMAT, run, from: round, identity }),
      ),
    begin: (attempt) => use.during('begin', attempt, () => append({ kind: 'attempt', ...attempt })),
    fail: (failure) => use.during('fail', failure, () => append({ kind: 'failed', ...failure })),
    commit: (commit) =>
      use.during('commit', commit, () => {
        const entry: KeptCommit = { ...commit, state: commit.state === null ? null : UNMEASURED };
        append({ kind: 'commit', ...entry });
        if (commit.state === null) return;
        states.set(commit.round, commit.state);
        const expired = expiredRounds([...states.keys()].sort(ascending), retention, commit.pinned);
        for (const old of expired) states.delete(old);
      }),
    end: (end) => use.during('end', null, () => append({ kind: 'ended', ...end })),
    async close() {
      if (isClosed) return;
      isClosed = true;
      use.close();
      kept.isOpen = false;
    },
  };
}

/** Memory neither counts nor hashes bytes that nobody has asked for. */
const UNMEASURED = { bytes: 0, sha256: '' };

const ascending = (one: number, other: number): number => one - other;
