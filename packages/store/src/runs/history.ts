// What a run's journal adds up to: the rounds that count, the attempts at each, and where the run stands. Entries of
// rounds that a later start left out are not part of it.
import type { KeptAttempt, KeptCommit, Failure, PlainObject, RunEnd, JournalEntry } from './journal-entry.js';

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
  let commits: KeptCommit[] = [];
  let attempts: { -readonly [K in keyof AttemptHistory]: AttemptHistory[K] }[] = [];
  const find = (round: number, attempt: number) =>
    attempts.findLast((each) => each.round === round && each.attempt === attempt);
  for (const entry of entries) {
    switch (entry.kind) {
      case 'started':
        run = entry.run;
        identity = entry.identity;
        starts++;
        end = null;
        commits = commits.filter(({ round }) => round <= entry.from);
        attempts = attempts.filter((attempt) => belongs(attempt, entry.from));
        break;
      case 'attempt': {
        const { kind: _, ...attempt } = entry;
        attempts = attempts.filter(
          ({ round, attempt: n }) => round !== attempt.round || n !== attempt.attempt,
        );
        attempts.push({ ...attempt, outcome: 'open', failure: null });
        break;
      }
      case 'failed': {
        const { kind: _, ...failure } = entry;
        const failed = find(failure.round, failure.attempt);
        if (failed !== undefined) Object.assign(failed, { outcome: 'failed', failure });
        break;
      }
      case 'commit': {
        const { kind: _, ...commit } = entry;
        commits = commits.filter(({ round }) => round < commit.round);
        commits.push(commit);
        const counted = find(commit.round, commit.attempt);
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
  return identity === null ? null : { run, identity, starts, commits, attempts, end };
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
