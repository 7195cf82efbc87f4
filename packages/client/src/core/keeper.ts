// Where the clients of a process keep what they keep: of each run one opening of the store, which they share, and which
// is closed when the last of them ends.
import type { ClientStateStore, OpenClientStates } from '@starling/store';

export interface Keeper {
  /** The states of a run. Throws as `ClientStateStore.open`. */
  open(run: string): Promise<OpenClientStates>;
  /** Opens the run anew at the next call: the disk has refused. */
  reopen(run: string): Promise<void>;
  /** The client ends. */
  release(): Promise<void>;
}

interface Shared {
  readonly runs: Map<string, Promise<OpenClientStates>>;
  users: number;
}

const shared = new WeakMap<ClientStateStore, Shared>();

/** For one client. */
export function borrowKeeper(store: ClientStateStore): Keeper {
  const of = shared.get(store) ?? { runs: new Map<string, Promise<OpenClientStates>>(), users: 0 };
  shared.set(store, of);
  of.users++;
  let isReleased = false;
  const forget = async (run: string): Promise<void> => {
    const open = of.runs.get(run);
    of.runs.delete(run);
    await open?.then((states) => states.close()).catch(() => {}); // one that never opened has nothing to close
  };
  return {
    open(run) {
      const known = of.runs.get(run);
      if (known !== undefined) return known;
      const opening = store.open(run);
      of.runs.set(run, opening);
      opening.catch(() => {
        if (of.runs.get(run) === opening) of.runs.delete(run);
      });
      return opening;
    },
    reopen: forget,
    async release() {
      if (isReleased) return;
      isReleased = true;
      if (--of.users > 0) return;
      await Promise.all([...of.runs.keys()].map(forget));
    },
  };
}
