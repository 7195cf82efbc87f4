// A store that takes up an earlier state of a run and writes nothing: for those who run rounds again, and leave what
// was recorded as it is.
import {
  type Damage,
  type FoundRun,
  historyUpTo,
  type KeptState,
  type OpenRun,
  type RunStore,
  StoreDamagedError,
} from '@starling/store';

/**
 * The one run of `store`, as it was after its last round up to `round` whose state is kept and whole; after none, where
 * there is no such state. Nobody is locked out.
 */
export function earlierState(store: RunStore, round: number): RunStore {
  return {
    ...store,
    async open(run): Promise<OpenRun> {
      const nothing = async (): Promise<void> => {};
      const calls = { start: nothing, begin: nothing, fail: nothing, commit: nothing, end: nothing };
      return { run, found: await found(run), ...calls, close: nothing };
    },
    async state(run, wanted) {
      return isWanted(wanted) ? store.state(run, wanted) : null;
    },
  };

  function isWanted(each: number): boolean {
    return each <= round;
  }
  async function found(run: string): Promise<FoundRun | null> {
    const runs = await store.list();
    if (!runs.some((each) => each.run === run)) return null;
    const history = await store.read(run);
    const rounds = history.commits.map((commit) => commit.round).filter(isWanted);
    const damage: Damage[] = [];
    const state = await lastWhole(store, run, rounds, damage);
    // Attempts after it are not made again.
    return {
      history: { ...historyUpTo(history, state?.round ?? 0), attempts: [], end: null },
      state,
      damage,
    };
  }
}

/** One that is damaged is passed over: an older one gives the same state, only later. */
async function lastWhole(
  store: RunStore,
  run: string,
  rounds: readonly number[],
  damage: Damage[],
): Promise<KeptState | null> {
  for (const round of rounds.toReversed()) {
    try {
      const bytes = await store.state(run, round);
      if (bytes !== null) return { round, bytes };
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      damage.push({ where: `the state of round ${round}`, reason: error.message });
    }
  }
  return null;
}
