// A run whose entries are in a journal and whose states are files: what the directory and the database have in common.
// A commit is a state file that is durable, and then one entry, which is the moment at which the round counts.
import { UseCheck } from '../runs/check-use.js';
import { StoreDamagedError, StoreFormatError } from '../runs/errors.js';
import { historyOf, historyUpTo } from '../runs/history.js';
import { JOURNAL_FORMAT, type JournalEntry } from '../runs/journal-entry.js';
import type { Damage, OpenRun, RetentionOptions } from '../runs/run-store.js';
import type { Journal } from './journal.js';
import { newestState, stateOr } from './newest-state.js';
import { damageText, refused } from './refused.js';
import type { StateFiles } from './state-files.js';

export interface DurableRun {
  readonly run: string;
  /** Where it is, in errors. */
  readonly where: string;
  readonly journal: Journal;
  readonly states: StateFiles;
}

/**
 * What the journal says; `null` if nothing was ever started. Throws a `StoreDamagedError` if only damage is left, and a
 * `StoreFormatError` if another version of Starling wrote it.
 */
export async function readRun(parts: DurableRun) {
  const { where } = parts;
  const { lines, entries, damage, rounds } = await readJournal(parts);
  checkFormat(entries, where);
  const history = historyOf(entries);
  const isLost = history === null && (damage.length > 0 || rounds.length > 0);
  if (isLost && damage.length === 0) {
    throw new StoreDamagedError(
      `Cannot read ${where}: it holds states of rounds, and no record of a run: need one, got a directory whose journal is gone, or of a version of Starling before there were journals`,
    );
  }
  if (isLost) {
    throw new StoreDamagedError(
      `Cannot read ${where}: it holds a run of which no entry is whole${damageText(damage)}`,
    );
  }
  return { history, entries, damage, next: (lines.at(-1)?.number ?? -1) + 1 + damage.length };
}

/** The journal, and what is wrong with it; `rounds`: those of which there is a state, from before it was read. */
async function readJournal({ where, journal, states }: DurableRun) {
  const rounds = await roundsOf(where, states);
  const { lines, damage } = await refused(`read ${where}`, () => journal.read());
  const entries = lines.map(({ entry }) => entry);
  return { lines, entries, rounds, damage: [...damage, ...lostEnd(entries, rounds, where)] };
}

/**
 * Lines that are gone from a journal's end leave no gap, but they may leave states, each written when the round before
 * it was committed.
 */
function lostEnd(
  entries: readonly JournalEntry[],
  rounds: readonly number[],
  where: string,
): readonly Damage[] {
  const latest = rounds.at(-1) ?? 0;
  const known = entries.reduce(
    (most, entry) => (entry.kind === 'commit' ? Math.max(most, entry.round) : most),
    0,
  );
  if (entries.length === 0 || latest <= known + 1) return [];
  const reason = `there is a state of round ${latest}, and the journal ends before round ${known + 1} is committed`;
  return [{ where: `${where}, the end of its journal`, reason }];
}

/** Entries of another version might be taken for what they do not say. */
function checkFormat(entries: readonly JournalEntry[], where: string): void {
  for (const entry of entries) {
    if (entry.kind !== 'started') continue;
    const { format = 1 }: { readonly format?: number } = entry; // the first format did not say so
    if (format === JOURNAL_FORMAT) continue;
    throw new StoreFormatError(
      `Cannot read ${where}: need a journal of format ${JOURNAL_FORMAT}, got ${format}, which ${format < JOURNAL_FORMAT ? 'an earlier' : 'a later'} version of Starling has written; read it with that one, or choose another directory`,
    );
  }
}

function roundsOf(where: string, states: StateFiles): Promise<readonly number[]> {
  return refused(`read ${where}`, () => states.rounds());
}

/** Opens the run for its one writer; `release` lets go of the lock. */
export async function openDurableRun(
  parts: DurableRun,
  retention: Required<RetentionOptions>,
  release: () => Promise<void>,
): Promise<OpenRun> {
  const { run, where, journal, states } = parts;
  const { history, damage, next } = await readRun(parts);
  const newest = history === null ? { state: null, damage } : await newestState(parts, history, damage);
  const from = newest.state?.round ?? 0;
  const use = new UseCheck(run, from);
  let number = next;
  let isClosed = false;

  async function append(entry: JournalEntry): Promise<void> {
    await refused(`write to ${where}`, () => journal.append({ number, entry }));
    number++; // only now: after an error the same is written again, under the same number
  }

  return {
    run,
    found: history === null ? null : { ...newest, history: historyUpTo(history, from) },
    start: (identity) =>
      use.during('start', null, () =>
        append({ kind: 'started', format: JOURNAL_FORMAT, run, from, identity }),
      ),
    begin: (attempt) => use.during('begin', attempt, () => append({ kind: 'attempt', ...attempt })),
    fail: (failure) => use.during('fail', failure, () => append({ kind: 'failed', ...failure })),
    commit: (commit) =>
      use.during('commit', commit, async () => {
        const { state, ...rest } = commit;
        const mark =
          state === null
            ? null
            : await refused(`write a state to ${where}`, () => states.write(commit.round, state()));
        await append({ kind: 'commit', ...rest, state: mark });
        if (mark !== null) await states.expire(commit.round, retention, commit.pinned ?? []);
      }),
    end: (end) => use.during('end', null, () => append({ kind: 'ended', ...end })),
    async close() {
      if (isClosed) return;
      isClosed = true;
      use.close();
      try {
        await journal.close();
      } finally {
        await release();
      }
    },
  };
}

/** All damage to a run: its journal, and every state that its commits name and that is there. */
export async function verifyRun(parts: DurableRun): Promise<readonly Damage[]> {
  const { entries, damage } = await readJournal(parts);
  const found = [...damage, ...(await refused(`read ${parts.where}`, () => parts.journal.verifyCopies()))];
  const needed = neededRounds(entries);
  for (const { round, state: mark } of historyOf(entries)?.commits ?? []) {
    if (mark === null) continue;
    const before = found.length;
    const state = await stateOr(found, parts.states, round, mark);
    if (state !== null || !needed.has(round) || found.length > before) continue;
    // The writer may have committed more since, and deleted it.
    if (!neededRounds((await readJournal(parts)).entries).has(round)) continue;
    found.push({ where: `the state of round ${round}`, reason: 'the file is missing' });
  }
  return found;
}

/** Of the states of a run those that must be there; all others may have been deleted on purpose. */
function neededRounds(entries: readonly JournalEntry[]): ReadonlySet<number> {
  const commits = historyOf(entries)?.commits ?? [];
  const latest = commits.findLast(({ state }) => state !== null);
  return new Set([...(latest === undefined ? [] : [latest.round]), ...(commits.at(-1)?.pinned ?? [])]);
}
