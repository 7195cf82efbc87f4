// A run of a few rounds, one attempt of which fails, on any store: what tests of faults run, again and again where a
// process would be started again, and what they hold its outcome to.
import { failedAttempts } from '../runs/history.js';
import type { FoundRun, OpenRun, RunStore } from '../runs/run-store.js';

export const RUN = 'run';

/** The only state that round `round` may ever have. */
export function scriptedState(round: number): Uint8Array {
  return Uint8Array.from({ length: 40 + round }, (_, index) => (index * 31 + round * 17) & 255);
}

/** Attempt 1 at round 2 fails; all others count. */
function isToFail(round: number, attempt: number): boolean {
  return round === 2 && attempt === 1;
}

export interface ScriptedOutcome {
  /** Rounds that the store has said to count. */
  readonly committed: number;
  /** The error that ended it; `null` if it reached its last round. */
  readonly error: unknown;
}

/**
 * Takes the run up and continues to round `rounds`; `retries`: how often a refused call is made again. Throws if the
 * run is found in a state that it never had, or behind `committed` without a word.
 */
export async function scriptedRun(
  store: RunStore,
  rounds: number,
  { committed = 0, retries = 0, onCommit = (_round: number): void => {} } = {},
): Promise<ScriptedOutcome> {
  let reached = committed;
  let open: OpenRun | null = null;
  try {
    open = await store.open(RUN);
    const { found } = open;
    const round = found?.state?.round ?? 0;
    if (found !== null) checkFound(found, committed);
    reached = Math.min(committed, round);
    const { call } = retrying(retries);
    await call(() => open!.start({ name: 'scripted' }));
    reached = round; // only now: what was found may have been in doubt
    let attempt = failedAttempts(found?.history ?? null, round) + 1;
    for (let next = round + 1; next <= rounds; next++, attempt = 1) {
      for (let isDone = false; !isDone; attempt++) {
        const id = { round: next, attempt };
        await call(() => open!.begin({ ...id, cohort: { size: 2, digest: 'c' }, seed: [next, attempt] }));
        if (isToFail(next, attempt)) {
          await call(() => open!.fail({ ...id, code: 'too-few-reports', reason: 'need 2, got 1' }));
          continue;
        }
        const state = () => scriptedState(next);
        await call(() => open!.commit({ ...id, counted: ['a'], lost: [], metrics: { round: next }, state }));
        reached = next;
        onCommit(next);
        isDone = true;
      }
    }
    return { committed: reached, error: null };
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    return { committed: reached, error };
  } finally {
    await open?.close().catch(() => {});
  }
}

/** What a store must never do. */
export class ScriptError extends Error {}

function checkFound({ state, damage }: FoundRun, committed: number): void {
  const round = state?.round ?? 0;
  // A disk that cannot read the newest state may cost a round, and then it is said.
  if (round < committed && damage.length === 0) {
    throw new ScriptError(`round ${committed} had been committed, found ${round}`);
  }
  if (state === null || Buffer.compare(state.bytes, scriptedState(round)) === 0) return;
  throw new ScriptError(`the state of round ${round} is another one`);
}

function retrying(retries: number) {
  let left = retries;
  return {
    async call(work: () => Promise<void>): Promise<void> {
      for (;;) {
        try {
          await work();
          return;
        } catch (error) {
          if (left-- <= 0) throw error;
        }
      }
    },
  };
}
