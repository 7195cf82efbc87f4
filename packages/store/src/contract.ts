// The suite that every store passes: what is committed is there as a whole, what is not is not, one writer at a time,
// and a start after any stop finds the newest state that is whole.
// Long because it is one suite, read from top to bottom.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failedAttempts, openAttempt } from './runs/history.js';
import type { KeptAttempt, PlainObject } from './runs/journal-entry.js';
import type { Commit, OpenRun, RetentionOptions, RunStore } from './runs/run-store.js';

export {
  type ClientStateCapabilities,
  type ClientStatePlace,
  clientStateContract,
} from './testing/client-state-contract.js';

/** What makes a store of a suite: again and again in the same place, as processes do that follow one another. */
export interface StorePlace {
  /** A store in the place; each call is another process's. */
  open(retention?: RetentionOptions): RunStore;
  remove?(): Promise<void>;
}

export interface StoreCapabilities {
  /** Whether one place holds more than one run. */
  readonly manyRuns: boolean;
  /** Whether it outlives the process; then another call of `open` finds what the one before left. */
  readonly isDurable: boolean;
}

/**
 * Tests the stores of the places that `makePlace` makes; call it at the top of a test file, for a store of your own
 * too: `storeContract('memory', () => ({ open: () => memoryStore() }), { manyRuns: true, isDurable: false })`.
 */
export function storeContract(
  name: string,
  makePlace: () => Promise<StorePlace> | StorePlace,
  { manyRuns, isDurable }: StoreCapabilities,
): void {
  describe(`store contract: ${name}`, () => {
    let place!: StorePlace;
    let stores: RunStore[] = [];
    beforeEach(async () => {
      place = await makePlace();
      stores = [];
    });
    afterEach(async () => {
      for (const store of stores) await store.close();
      await place.remove?.();
    });
    /** What another process would have; of a store that dies with its process, the same one. */
    const another = (retention?: RetentionOptions): RunStore => {
      if (!isDurable && stores[0] !== undefined) return stores[0];
      const store = place.open(retention);
      stores.push(store);
      return store;
    };
    /** Closes the store, if another may follow it. */
    const leave = async (store: RunStore): Promise<void> => {
      if (isDurable) await store.close();
    };
    const started = async (store: RunStore, run = 'one'): Promise<OpenRun> => {
      const open = await store.open(run);
      await open.start(IDENTITY);
      return open;
    };

    test(`\`${name}\` holds nothing before a run is started`, async () => {
      const store = another();
      expect(await store.list()).toEqual([]);
      const open = await store.open('one');
      expect(open.found).toBeNull();
      await open.close();
      expect(await store.list()).toEqual([]);
      await expect(store.read('one')).rejects.toMatchObject({ code: 'store-misused' });
    });

    test(`\`${name}\` gives back what was committed, bit by bit`, async () => {
      const store = another();
      const open = await started(store);
      await round(open, 1);
      await round(open, 2);
      await open.close();
      expect(await store.list()).toEqual([{ run: 'one', identity: IDENTITY, rounds: 2, end: null }]);
      expect(await store.state('one', 2)).toEqual(stateOf(2));
      await leave(store);
      const again = await another().open('one');
      expect(again.found?.state).toEqual({ round: 2, bytes: stateOf(2) });
      expect(again.found?.damage).toEqual([]);
      const { commits, attempts, identity, starts } = again.found!.history;
      expect({ identity, starts }).toEqual({ identity: IDENTITY, starts: 1 });
      expect(commits.map(({ state: _, ...rest }) => rest)).toEqual([1, 2].map(commitWithoutState));
      expect(attempts.map(({ round, attempt, outcome }) => [round, attempt, outcome])).toEqual([
        [1, 1, 'counted'],
        [2, 1, 'counted'],
      ]);
      await again.close();
    });

    test(`\`${name}\` gives an attempt back that was begun and did not end, as it was begun`, async () => {
      const store = another();
      const open = await started(store);
      await round(open, 1);
      await open.begin(attemptAt(2));
      await open.close();
      await leave(store);
      const again = await another().open('one');
      expect(openAttempt(again.found!.history, 1)).toEqual(attemptAt(2));
      expect(again.found!.state?.round).toBe(1);
      await again.close();
    });

    test(`\`${name}\` remembers failed attempts, and leaves the state as it was`, async () => {
      const store = another();
      const open = await started(store);
      await round(open, 1);
      await open.begin(attemptAt(2));
      await open.fail({ round: 2, attempt: 1, code: 'too-few-reports', reason: 'need 4, got 3' });
      await open.begin(attemptAt(2, 2));
      await open.close();
      await leave(store);
      const again = await another().open('one');
      const { history, state } = again.found!;
      expect(state).toEqual({ round: 1, bytes: stateOf(1) });
      expect(failedAttempts(history, 1)).toBe(1);
      expect(openAttempt(history, 1)).toEqual(attemptAt(2, 2));
      expect(history.attempts.find(({ outcome }) => outcome === 'failed')?.failure).toMatchObject({
        code: 'too-few-reports',
        reason: 'need 4, got 3',
      });
      await again.close();
    });

    test(`\`${name}\` makes rounds void that were committed after the last state`, async () => {
      const store = another();
      const open = await started(store);
      await round(open, 1);
      await round(open, 2, { state: null });
      await round(open, 3, { state: null });
      await open.close();
      await leave(store);
      const next = another();
      const again = await next.open('one');
      expect(again.found!.state?.round).toBe(1);
      expect(again.found!.history.commits.map((commit) => commit.round)).toEqual([1]);
      expect(openAttempt(again.found!.history, 1)).toBeNull();
      await again.start(IDENTITY);
      await round(again, 2);
      await again.close();
      const { commits, starts } = await next.read('one');
      expect([commits.map((commit) => commit.round), starts]).toEqual([[1, 2], 2]);
    });

    test(`\`${name}\` changes nothing when a run is opened and closed`, async () => {
      const store = another();
      const open = await started(store);
      await round(open, 1);
      await round(open, 2, { state: null });
      await open.close();
      const before = await store.read('one');
      const again = await store.open('one');
      await again.close();
      expect(await store.read('one')).toEqual(before);
    });

    test(`\`${name}\` refuses a second writer until the first has closed`, async () => {
      const store = another();
      const open = await started(store);
      await expect(store.open('one')).rejects.toMatchObject({ code: 'store-locked' });
      await expect(another().open('one')).rejects.toMatchObject({ code: 'store-locked' });
      await round(open, 1);
      await open.close();
      await open.close();
      await leave(store);
      const again = await another().open('one');
      expect(again.found?.state?.round).toBe(1);
      await again.close();
    });

    test(`\`${name}\` can be read while it is written to`, async () => {
      const open = await started(another());
      await round(open, 1);
      const reader = another();
      expect((await reader.read('one')).commits).toHaveLength(1);
      expect(await reader.state('one', 1)).toEqual(stateOf(1));
      expect(await reader.verify('one')).toEqual([]);
      await open.close();
    });

    test(`\`${name}\` keeps the last two states unless it is told otherwise`, async () => {
      const store = another();
      const open = await started(store);
      for (const each of [1, 2, 3, 4]) await round(open, each);
      await open.close();
      const kept = await Promise.all([1, 2, 3, 4].map((each) => store.state('one', each)));
      expect(kept).toEqual([null, null, stateOf(3), stateOf(4)]);
      expect((await store.read('one')).commits).toHaveLength(4);
      expect(await store.verify('one')).toEqual([]);
    });

    test(`\`${name}\` keeps every so manieth state for good when it is told to`, async () => {
      const store = another({ keep: 2, keepEvery: 3 });
      const open = await started(store);
      for (let each = 1; each <= 8; each++) await round(open, each);
      await open.close();
      const rounds = [1, 2, 3, 4, 5, 6, 7, 8];
      const kept = await Promise.all(rounds.map(async (each) => (await store.state('one', each)) !== null));
      expect(rounds.filter((_, index) => kept[index])).toEqual([3, 6, 7, 8]);
    });

    test(`\`${name}\` keeps a state that is pinned until a later commit no longer pins it`, async () => {
      const store = another();
      const open = await started(store);
      const held = async (upTo: number) => {
        const rounds = Array.from({ length: upTo }, (_, index) => index + 1);
        const kept = await Promise.all(rounds.map(async (each) => (await store.state('one', each)) !== null));
        return rounds.filter((_, index) => kept[index]);
      };
      await round(open, 1);
      await round(open, 2, { pinned: [2] });
      for (const each of [3, 4, 5]) await round(open, each, { pinned: [2] });
      expect(await held(5)).toEqual([2, 4, 5]);
      expect(await store.verify('one')).toEqual([]);
      await round(open, 6, { pinned: [6] });
      expect(await held(6)).toEqual([5, 6]);
      await open.close();
      expect((await store.read('one')).commits.map(({ pinned }) => pinned?.[0])).toEqual([
        undefined,
        ...[2, 2, 2, 2, 6],
      ]);
    });

    test(`\`${name}\` gives all entries of a journal in order, with their details`, async () => {
      const store = another();
      const open = await started(store);
      await open.begin(attemptAt(1));
      await open.fail({ round: 1, attempt: 1, code: 'x', reason: 'none came', details: { lost: ['ada'] } });
      await open.begin(attemptAt(1, 2));
      const lost = [{ client: 'bert', status: 'dropped', code: 'deadline', phase: 1 }] as const;
      await open.commit({ ...commitOf(1), attempt: 2, lost });
      await open.end({ outcome: 'stopped', code: 'x', reason: 'enough', details: [1, 'text'] });
      await open.close();
      await leave(store);
      const next = another();
      const again = await next.open('one');
      await again.start({ ...IDENTITY, seed: 8 });
      await again.close();
      const entries = await next.journal('one');
      expect(entries.map(({ kind }) => kind)).toEqual(
        'started attempt failed attempt commit ended started'.split(' '),
      );
      expect(entries[2]).toMatchObject({ details: { lost: ['ada'] } });
      expect(entries[4]).toMatchObject({ lost });
      expect(entries[5]).toMatchObject({ outcome: 'stopped', details: [1, 'text'] });
      expect(entries[6]).toMatchObject({ from: 1, identity: { seed: 8 } });
      await expect(next.journal('none')).rejects.toMatchObject({ code: 'store-misused' });
    });

    test(`\`${name}\` says how a run ended, until it is started again`, async () => {
      const store = another();
      const open = await started(store);
      const end = { outcome: 'failed', code: 'too-few-reports', reason: 'three attempts' } as const;
      await open.end(end);
      await open.close();
      expect(await store.list()).toMatchObject([{ run: 'one', end }]);
      await leave(store);
      const next = another();
      const again = await next.open('one');
      expect(again.found!.history.end).toEqual(end);
      await again.start(IDENTITY);
      await again.close();
      expect(await next.list()).toMatchObject([{ run: 'one', end: null }]);
    });

    test(`\`${name}\` takes a commit a second time when it is the same`, async () => {
      const store = another();
      const open = await started(store);
      await open.begin(attemptAt(1));
      await open.commit(commitOf(1));
      await open.commit(commitOf(1));
      await round(open, 2);
      await open.close();
      expect((await store.read('one')).commits.map((commit) => commit.round)).toEqual([1, 2]);
      expect(await store.verify('one')).toEqual([]);
    });

    test(`\`${name}\` refuses calls that make no sense where they stand`, async () => {
      const store = another();
      const open = await store.open('one');
      const misused = { code: 'store-misused' };
      await expect(open.begin(attemptAt(1))).rejects.toMatchObject(misused); // not started
      await open.start(IDENTITY);
      await expect(open.begin(attemptAt(2))).rejects.toMatchObject(misused); // not the next round
      await expect(open.commit(commitOf(1))).rejects.toMatchObject(misused); // no attempt
      await open.begin(attemptAt(1, 2));
      await expect(open.commit(commitOf(1))).rejects.toMatchObject(misused); // attempt 2 was begun
      await expect(open.fail({ round: 1, attempt: 1, code: 'x', reason: 'x' })).rejects.toMatchObject(
        misused,
      );
      await open.close();
      await expect(open.begin(attemptAt(1))).rejects.toMatchObject(misused); // closed
      for (const wrong of ['', '../one', 'a/b', 'x'.repeat(65)]) {
        await expect(store.open(wrong)).rejects.toMatchObject(misused);
      }
    });

    test(`\`${name}\` ${manyRuns ? 'holds many runs, the oldest first' : 'refuses a second run'}`, async () => {
      const store = another();
      const one = await started(store, 'one');
      await round(one, 1);
      await one.close();
      if (!manyRuns) {
        await expect(store.open('two')).rejects.toMatchObject({ code: 'store-misused' });
        return;
      }
      const two = await started(store, 'another');
      const three = await started(store, 'three');
      await round(two, 1);
      await round(three, 1);
      await round(three, 2);
      await two.close();
      await three.close();
      const listed = (await store.list()).map(({ run, rounds }) => [run, rounds]);
      expect(listed).toEqual([
        ['one', 1],
        ['another', 1],
        ['three', 2],
      ]);
    });
  });
}

const IDENTITY: PlainObject = { plan: 'a'.repeat(64), seed: 7, settings: { clients: '40' } };

function stateOf(round: number): Uint8Array {
  return Uint8Array.from({ length: 100 }, (_, index) => (index * 7 + round) & 255);
}

function attemptAt(round: number, attempt = 1): KeptAttempt {
  const clients = ['ada', 'bert', 'céline'];
  return { round, attempt, cohort: { size: 3, digest: 'd'.repeat(64), clients }, seed: [round, attempt] };
}

function commitWithoutState(round: number): Omit<Commit, 'state'> {
  return {
    round,
    attempt: 1,
    counted: ['ada', 'céline'],
    lost: [{ client: 'bert', status: 'dropped', code: 'deadline' }],
    metrics: { loss: 1 / (round + 1), nested: [1, null, 'text'] },
  };
}

function commitOf(round: number): Commit {
  return { ...commitWithoutState(round), state: () => stateOf(round) };
}

async function round(open: OpenRun, number: number, change: Partial<Commit> = {}): Promise<void> {
  await open.begin(attemptAt(number));
  await open.commit({ ...commitOf(number), ...change });
}
