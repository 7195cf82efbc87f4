// A run as a machine: attempts at rounds, each durable before its work, each committed as a whole or given up; failed
// rounds tried again, up to a limit; disks that refuse. It does nothing itself: events go in, actions come out, and
// time and randomness are given. The round loop runs it, and so does the fault simulation. It is long because each
// event must be seen next to the states that it is met in.
//
//   selecting ──► storing attempt ──► running ──► committing ──► selecting … ──► ending ──► done
//       ▲                                │
//       └── backing off ◄── storing failure
//
// A run that is paused begins no attempt: it is `paused` where it would select, until it is resumed.
import type { Seed } from '@starling/federated-core';
import type { LostClient } from '@starling/federated-core/plan';
import { type Attempt, attemptSeed, backOff, cohortSeed, drawPresent } from '../settings/attempt.js';
import type { RoundSettings } from '../settings/round-settings.js';

export type RunOutcome = 'finished' | 'failed' | 'stopped';

/** What is to be written. The store is asked for one at a time, and for the same again after it has refused. */
export type StoreWrite =
  | { readonly write: 'attempt'; readonly attempt: Attempt }
  | {
      readonly write: 'failure';
      readonly round: number;
      readonly attempt: number;
      readonly code: string;
      readonly reason: string;
    }
  | {
      readonly write: 'commit';
      readonly round: number;
      readonly attempt: number;
      readonly counted: readonly string[];
      readonly lost: readonly LostClient[];
    }
  | { readonly write: 'end'; readonly outcome: RunOutcome; readonly code: string; readonly reason: string };

export type RunEvent =
  /** First of all: what the store found. `attempt`: one that was begun and did not end; it is begun again. */
  | {
      readonly kind: 'started';
      readonly round: number;
      readonly attempt: Attempt | null;
      /** Attempts at the next round that have failed. */
      readonly failed: number;
      /** Whether the run had ended with them: then it has as many attempts again. */
      readonly hadEnded: boolean;
    }
  | { readonly kind: 'joined'; readonly client: number }
  | { readonly kind: 'left'; readonly client: number }
  | { readonly kind: 'stored' }
  | { readonly kind: 'store-refused'; readonly reason: string }
  /** The attempt has a new state. `enough`: why the run is over once that is committed, if it has its last round. */
  | {
      readonly kind: 'ran';
      readonly counted: readonly string[];
      readonly lost: readonly LostClient[];
      readonly enough?: { readonly code: string; readonly reason: string } | null;
    }
  /** The attempt came to nothing; the state is as it was. */
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string }
  | { readonly kind: 'tick' }
  /** No attempt is to begin from here on; the one at hand is finished. Also before `started`. */
  | { readonly kind: 'paused' }
  /** Attempts may begin again. */
  | { readonly kind: 'resumed' }
  /** The run is to end here, and to be taken up again. */
  | { readonly kind: 'stop'; readonly reason: string };

export type RunAction =
  /** Write; answered by `stored` or `store-refused`. */
  | ({ readonly kind: 'store' } & StoreWrite)
  /** Have the cohort work; answered by `ran` or `failed`. */
  | { readonly kind: 'run'; readonly attempt: Attempt }
  /** Nobody waits for this attempt any more. */
  | { readonly kind: 'abandon'; readonly round: number; readonly attempt: number }
  /** The round counts: the new state is the state. */
  | { readonly kind: 'committed'; readonly round: number; readonly attempt: number }
  /** The attempt has failed, for good; `retryMs`: until the next, `null` if there is none. */
  | {
      readonly kind: 'attempt-failed';
      readonly round: number;
      readonly attempt: number;
      readonly code: string;
      readonly reason: string;
      readonly retryMs: number | null;
    }
  | { readonly kind: 'done'; readonly outcome: RunOutcome; readonly code: string; readonly reason: string };

export interface RunMachine {
  readonly state: RunMachineState;
  /** Rounds that count. */
  readonly round: number;
  /** At which time `tick` has something to do; `null` if it waits for something else. */
  readonly wakeAt: number | null;
  handle(event: RunEvent, at: number): readonly RunAction[];
}

export type RunMachineState =
  | 'new'
  | 'selecting'
  | 'storing-attempt'
  | 'running'
  | 'committing'
  | 'storing-failure'
  | 'backing-off'
  | 'paused'
  | 'ending'
  | 'done';

export interface RunMachineOptions {
  readonly settings: RoundSettings;
  readonly seed: Seed;
  /**
   * The cohort of an attempt in mode `fixed`: drawn with this seed. `null` while it is not known: then it is asked for
   * again with the next `tick`. Throws what the run then throws.
   */
  readonly draw: (round: number, seed: Seed, attempt: number) => readonly number[] | null;
}

export function createRunMachine({ settings, seed, draw }: RunMachineOptions): RunMachine {
  const { mode, rounds, population, cohortSize, overSelection, minReports, selectionMs } = settings;
  const present = new Set<number>();
  // Once the whole population is there, nobody is left to wait for.
  const wanted = Math.min(population, Math.ceil(cohortSize * overSelection - 1e-9));
  let state: RunMachineState = 'new';
  let round = 0;
  let failed = 0;
  let maxFailed = settings.maxAttempts;
  let attempt: Attempt | null = null;
  /** Why there is no round after the one at hand; `null` if there may be. */
  let enough: { readonly code: string; readonly reason: string } | null = null;
  let writing: StoreWrite | null = null;
  let refusals = 0;
  let retryAt: number | null = null;
  let selectFrom = 0;
  /** Whether the selection takes fewer than it would ask. */
  let isLate = false;
  let backOffUntil = 0;
  let isPaused = false;
  /** What an earlier process left open, and is begun again once the run is resumed. */
  let held: Attempt | null = null;

  function write(what: StoreWrite, next: RunMachineState): readonly RunAction[] {
    state = next;
    writing = what;
    refusals = 0;
    retryAt = null;
    return [{ kind: 'store', ...what }];
  }
  function done(outcome: RunOutcome, code: string, reason: string): readonly RunAction[] {
    state = 'done';
    writing = null;
    retryAt = null;
    return [{ kind: 'done', outcome, code, reason }];
  }
  function begin(next: Attempt): readonly RunAction[] {
    if (isPaused) {
      held = next;
      return pause();
    }
    attempt = next;
    return write({ write: 'attempt', attempt: next }, 'storing-attempt');
  }

  function pause(): readonly RunAction[] {
    state = 'paused';
    return [];
  }
  function resume(at: number): readonly RunAction[] {
    if (state !== 'paused') return [];
    const next = held;
    held = null;
    return next === null ? select(at) : begin(next);
  }

  /** The next attempt, as soon as there is a cohort for it. */
  function select(at: number): readonly RunAction[] {
    if (round >= rounds || enough !== null) {
      const why = enough ?? { code: 'finished', reason: `${round} rounds` };
      return write({ write: 'end', outcome: 'finished', ...why }, 'ending');
    }
    if (isPaused) return pause();
    state = 'selecting';
    selectFrom = at;
    isLate = false;
    return selectNow(at);
  }
  function selectNow(at: number): readonly RunAction[] {
    const id = { round: round + 1, attempt: failed + 1 };
    const plan = (cohort: readonly number[]): Attempt => ({
      ...id,
      cohort,
      seed: attemptSeed(seed, id.round, id.attempt),
    });
    if (mode === 'fixed') {
      const cohort = draw(id.round, cohortSeed(seed, id.attempt), id.attempt);
      isLate = cohort === null; // nothing but another tick makes it known
      return cohort === null ? [] : begin(plan(cohort));
    }
    isLate ||= at >= selectFrom + selectionMs;
    if (present.size < (isLate ? Math.max(1, minReports) : wanted)) return [];
    return begin(plan(drawPresent(present, wanted, seed, id)));
  }
  function failAttempt(code: string, reason: string): readonly RunAction[] {
    const { round: of, attempt: number } = attempt!;
    return write({ write: 'failure', round: of, attempt: number, code, reason }, 'storing-failure');
  }

  function stored(at: number): readonly RunAction[] {
    const written = writing;
    writing = null;
    switch (written?.write) {
      case 'attempt':
        state = 'running';
        return [{ kind: 'run', attempt: attempt! }];
      case 'commit':
        round = written.round;
        failed = 0;
        maxFailed = settings.maxAttempts;
        attempt = null;
        return [{ kind: 'committed', round, attempt: written.attempt }, ...select(at)];
      case 'failure': {
        failed = written.attempt;
        attempt = null;
        const isLast = failed >= maxFailed;
        const retryMs = isLast ? null : backOff(settings.backOffMs, settings.maxBackOffMs, failed);
        const { round: of, attempt: number, code, reason } = written;
        const told = { kind: 'attempt-failed', round: of, attempt: number, code, reason, retryMs } as const;
        if (retryMs === null) {
          const why = `round ${of} failed ${failed} times, at last: ${reason}`;
          return [told, ...write({ write: 'end', outcome: 'failed', code, reason: why }, 'ending')];
        }
        if (retryMs === 0) return [told, ...select(at)];
        state = 'backing-off';
        backOffUntil = at + retryMs;
        return [told];
      }
      case 'end':
        return done(written.outcome, written.code, written.reason);
      default:
        return [];
    }
  }
  function refused(reason: string, at: number): readonly RunAction[] {
    if (writing === null) return [];
    refusals++;
    if (refusals > settings.storeRetries) {
      // Whether it is kept is not known: nothing but a new start, which reads it, may continue from here.
      return done('stopped', 'store-failed', reason);
    }
    retryAt = at + backOff(settings.storeRetryMs, settings.maxBackOffMs, refusals);
    return [];
  }
  function tick(at: number): readonly RunAction[] {
    if (writing !== null && retryAt !== null && at >= retryAt) {
      retryAt = null;
      return [{ kind: 'store', ...writing }];
    }
    if (state === 'selecting') return selectNow(at);
    if (state === 'backing-off' && at >= backOffUntil) return select(at);
    return [];
  }

  return {
    get state() {
      return state;
    },
    get round() {
      return round;
    },
    get wakeAt() {
      if (writing !== null) return retryAt;
      if (state === 'backing-off') return backOffUntil;
      // Once late, a client that joins decides, and no time.
      return state === 'selecting' && !isLate ? selectFrom + selectionMs : null;
    },
    handle(event, at) {
      if (state === 'done') return [];
      switch (event.kind) {
        case 'started':
          if (state !== 'new') return [];
          round = event.round;
          failed = event.failed;
          if (event.attempt !== null && round < rounds) return begin(event.attempt);
          if (event.hadEnded) maxFailed = failed + settings.maxAttempts;
          if (failed >= maxFailed && round < rounds) {
            const reason = `round ${round + 1} failed ${failed} times`;
            return write({ write: 'end', outcome: 'failed', code: 'too-many-attempts', reason }, 'ending');
          }
          return select(at);
        case 'joined':
          present.add(event.client);
          return state === 'selecting' ? selectNow(at) : [];
        case 'left':
          present.delete(event.client);
          return [];
        case 'stored':
          return stored(at);
        case 'store-refused':
          return refused(event.reason, at);
        case 'ran': {
          if (state !== 'running') return [];
          const { counted, lost } = event;
          enough = event.enough ?? null;
          const id = { round: attempt!.round, attempt: attempt!.attempt };
          return write({ write: 'commit', ...id, counted, lost }, 'committing');
        }
        case 'failed':
          return state === 'running' ? failAttempt(event.code, event.reason) : [];
        case 'tick':
          return tick(at);
        case 'paused':
          isPaused = true;
          return state === 'selecting' || state === 'backing-off' ? pause() : [];
        case 'resumed':
          isPaused = false;
          return resume(at);
        case 'stop': {
          // What is being written may be kept or not: the next start sees which.
          const abandon =
            state === 'running'
              ? [{ kind: 'abandon', round: attempt!.round, attempt: attempt!.attempt } as const]
              : [];
          return [...abandon, ...done('stopped', 'stopped', event.reason)];
        }
        default:
          event satisfies never;
          return [];
      }
    },
  };
}
