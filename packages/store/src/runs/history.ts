// What a run's journal adds up to: the rounds that count, the attempts at each, and where the run stands. Entries of
// rounds that a later start left out are not part of it.
import type { AttemptId, KeptAttempt, KeptCommit, Failure, PlainObject, RunEnd, JournalEntry } from './journal-entry.js';

/** `open`: begun, and neither counted nor failed; the attempt that a start begins again. */
export type AttemptOutcome = 'counted' | 'failed' | 'open';

export interface AttemptHistory extends KeptAttempt {
  readonly outcome: AttemptOutcome;
  /** Why, of one that failed. */
  readonly failure: Failure | null;
}

export interface RunHistory {
  readonly run: string;
  /** As the last start said it. */
  readonly identity: PlainObject;
  /** How often a process has taken the run up. */
  readonly starts: number;
  /** Rounds that count, ascending. */
  readonly commits: readonly KeptCommit[];
  /** Ascending by round and number. */
  readonly attempts: readonly AttemptHistory[];
  /** `null` while the run continues, and after a kill. */
  readonly end: RunEnd | null;
}

/** `null` for no entries. Entries that make no sense where they stand (as after a damaged one) are passed over. */
export function historyOf(entries: Iterable<JournalEntry>): RunHistory | null {
  let run = '';
  let identity: PlainObject | null = null;
  let starts = 0;
  let end: RunEnd | null = null;
  const commits: KeptCommit[] = [];
  /** A run may have rounds by the hundred thousand: each entry looks at the end of `commits`, and up one attempt. */
  const attempts = new Map<string, { -readonly [K in keyof AttemptHistory]: AttemptHistory[K] }>();
  const keyOf = ({ round, attempt }: AttemptId): string => `${round} ${attempt}`;
  const dropAfter = (round: number): void => {
    while (commits.length > 0 && commits.at(-1)!.round > round) commits.pop();
  };
  for (const entry of entries) {
    switch (entry.kind) {
      case 'started':
        run = entry.run;
        identity = entry.identity;
        starts++;
        end = null;
        dropAfter(entry.from);
        for (const [key, attempt] of attempts) if (!belongs(attempt, entry.from)) attempts.delete(key);
        break;
      case 'attempt': {
        const { kind: _, ...attempt } = entry;
        attempts.delete(keyOf(attempt)); // one that is begun again is the last one
        attempts.set(keyOf(attempt), { ...attempt, outcome: 'open', failure: null });
        break;
      }
      case 'failed': {
        const { kind: _, ...failure } = entry;
        const failed = attempts.get(keyOf(failure));
        if (failed !== undefined) Object.assign(failed, { outcome: 'failed', failure });
        break;
      }
      case 'commit': {
        const { kind: _, ...commit } = entry;
        dropAfter(commit.round - 1);
        commits.push(commit);
        const counted = attempts.get(keyOf(commit));
        if (counted !== undefined) counted.outcome = 'counted';
        break;
      }
      case 'ended': {
        const { kind: _, ...how } = entry;
        end = how;
        break;
      }
      default:
        entry satisfies never;
    }
  }
  if (identity === null) return null;
  return { run, identity, starts, commits, attempts: [...attempts.values()], end };
}

/** The same without what is void once the run is taken up after `round`. */
export function historyUpTo(history: RunHistory, round: number): RunHistory {
  return {
    ...history,
    commits: history.commits.filter((commit) => commit.round <= round),
    attempts: history.attempts.filter((attempt) => belongs(attempt, round)),
  };
}

/** Failed attempts at the round that comes next still count as attempts. */
function belongs(attempt: AttemptHistory, round: number): boolean {
  return attempt.round <= round || (attempt.round === round + 1 && attempt.outcome !== 'counted');
}

/** The attempt to begin again: begun at the round after `round`, and neither counted nor failed; `null` if none. */
export function openAttempt(history: RunHistory | null, round: number): KeptAttempt | null {
  const open = history?.attempts.findLast((each) => each.round === round + 1 && each.outcome === 'open');
  if (open === undefined) return null;
  const { outcome: _, failure: __, ...attempt } = open;
  return attempt;
}

/** How many attempts at the round after `round` have failed. */
export function failedAttempts(history: RunHistory | null, round: number): number {
  return (
    history?.attempts.filter((each) => each.round === round + 1 && each.outcome === 'failed').length ?? 0
  );
}
