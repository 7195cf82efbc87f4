// The directory store on a disk that refuses, writes short, loses power and flips bits.
import { generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../disk/disk.js';
import { type DiskFault, SimulatedCrash, type SimulatedDisk, simulatedDisk } from '../disk/simulated-disk.js';
import { StoreDamagedError } from '../runs/errors.js';
import type { OpenRun } from '../runs/run-store.js';
import { RUN, scriptedRun, scriptedState } from '../testing/scripted-run.js';
import { directoryStore } from './directory-store.js';
import type { Owner, OwnerText } from './owner.js';

const ROUNDS = 6;

/** Processes that follow one another: when a later one runs, all earlier ones are gone. */
function succession() {
  let life = 0;
  return (): Owner => {
    const pid = ++life;
    const isGone = (other: OwnerText): boolean => other.pid < pid;
    return { id: `life${pid}`, pid, host: 'here', began: '', isGone };
  };
}

/** How many calls of the disk an undisturbed run makes. */
async function callsOfARun(): Promise<number> {
  const disk = simulatedDisk();
  const owner = succession();
  const { committed } = await scriptedRun(directoryStore('/run', { disk, owner: owner() }), ROUNDS);
  expect(committed).toBe(ROUNDS);
  return disk.calls;
}

describe('directoryStore', () => {
  test('`directoryStore` loses no committed round when a call of the disk is refused, whichever', async () => {
    const calls = await callsOfARun();
    let injected = 0;
    for (const kind of ['ENOSPC', 'EIO', 'short'] as const) {
      for (const times of [1, 3]) {
        for (let from = 1; from <= calls; from++) {
          injected += times;
          const fault = (_: unknown, __: string, number: number): DiskFault =>
            number >= from && number < from + times ? kind : null;
          const disk = simulatedDisk({ fault });
          const owner = succession();
          const first = await scriptedRun(directoryStore('/run', { disk, owner: owner() }), ROUNDS, {
            retries: 1,
          });
          if (first.error !== null) expect(first.error).toMatchObject({ code: 'store-failed' });
          let next = first;
          for (let life = 0; life < times && next.error !== null; life++) {
            const store = directoryStore('/run', { disk, owner: owner() });
            next = await scriptedRun(store, ROUNDS, { committed: next.committed });
          }
          expect([kind, times, from, next]).toEqual([kind, times, from, { committed: ROUNDS, error: null }]);
        }
      }
    }
    expect(injected).toBeGreaterThan(500);
  });

  test('`directoryStore` loses no committed round when the power goes at a call of the disk, whichever', async () => {
    const calls = await callsOfARun();
    for (let at = 1; at <= calls; at++) {
      for (let luck = 0; luck < 8; luck++) {
        const random = generator([at, luck]);
        let isDown = false;
        const fault = (_: unknown, __: string, number: number): DiskFault => {
          isDown ||= number === at;
          return isDown ? 'crash' : null;
        };
        const disk = simulatedDisk({ fault, draw: (bound) => random.below(bound) });
        const owner = succession();
        const { committed, error } = await scriptedRun(
          directoryStore('/run', { disk, owner: owner() }),
          ROUNDS,
        );
        if (at < calls) expect(error === null || error instanceof SimulatedCrash).toBe(true);
        disk.crash();
        isDown = false;
        const next = await scriptedRun(directoryStore('/run', { disk, owner: owner() }), ROUNDS, {
          committed,
        });
        expect([at, luck, next]).toEqual([at, luck, { committed: ROUNDS, error: null }]);
      }
    }
  });

  test('`directoryStore` survives any mix of refusals and power cuts', async () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = generator(seedFrom(seed));
      const rate = random.uniform() * 0.15;
      let isDown = false;
      let isQuiet = false;
      const fault = (): DiskFault => {
        if (isDown) return 'crash';
        if (isQuiet || random.uniform() >= rate) return null;
        const kind = (['ENOSPC', 'EIO', 'short', 'crash'] as const)[random.below(4)]!;
        isDown = kind === 'crash';
        return kind;
      };
      const disk = simulatedDisk({ fault, draw: (bound) => random.below(bound) });
      const owner = succession();
      let committed = 0;
      for (let life = 0; life < 12; life++) {
        isQuiet = life === 11;
        const store = directoryStore('/run', { disk, owner: owner() });
        const outcome = await scriptedRun(store, ROUNDS, { committed, retries: random.below(4) });
        committed = outcome.committed;
        if (isDown) disk.crash();
        isDown = false;
      }
      expect([seed, committed]).toEqual([seed, ROUNDS]);
    }
  });

  test('`directoryStore` takes no other state for the newest, whichever bit flips, and uses the one before', async () => {
    const random = generator(seedFrom(3));
    const outcomes = { newest: 0, before: 0, refused: 0 };
    for (let flip = 0; flip < 1000; flip++) {
      const { disk, owner } = await finished();
      const path = pick(disk, random.below);
      disk.flipBit(path, random.below(disk.peek(path)!.length * 8));
      const open = await directoryStore('/run', { disk, owner: owner() }).open(RUN);
      const { state, damage } = open.found!;
      expect(state!.bytes, path).toEqual(scriptedState(state!.round));
      if (state!.round === ROUNDS) outcomes.newest++;
      else {
        outcomes.before++;
        expect(state!.round, path).toBe(ROUNDS - 1);
        expect(damage.length, path).toBeGreaterThan(0); // it says so
      }
      // Whatever was hit, the run can continue and ends where it would have.
      await open.close();
      const next = await scriptedRun(directoryStore('/run', { disk, owner: owner() }), ROUNDS + 1);
      expect(next, path).toEqual({ committed: ROUNDS + 1, error: null });
    }
    expect(outcomes.before).toBeGreaterThan(200);
    expect(outcomes.newest).toBeGreaterThan(200);
  });

  test('`directoryStore` uses the state before when the newest is cut short, gone, or another one', async () => {
    const name = `/run/round-0000000${ROUNDS}.safetensors`;
    for (const change of ['cut', 'gone', 'swapped', 'empty'] as const) {
      const { disk, owner } = await finished();
      if (change === 'gone') await disk.remove(name);
      else if (change === 'swapped') await disk.rename(`/run/round-0000000${ROUNDS - 1}.safetensors`, name);
      else {
        const bytes = disk.peek(name)!;
        const file = await disk.open(name, 'write');
        if (change === 'cut') await file.write(bytes.subarray(0, bytes.length >> 1));
      }
      const store = directoryStore('/run', { disk, owner: owner() });
      if (change === 'swapped') {
        // Neither of the two is left.
        await expect(store.open(RUN)).rejects.toBeInstanceOf(StoreDamagedError);
        continue;
      }
      const open = await store.open(RUN);
      expect([change, open.found!.state?.round, open.found!.damage.length]).toEqual([change, ROUNDS - 1, 1]);
      expect(await store.verify(RUN)).toHaveLength(1);
      await open.close();
    }
  });

  test('`directoryStore` finds no damage in a run that is written to meanwhile', async () => {
    const disk = simulatedDisk();
    const open = await directoryStore('/run', { disk, owner: succession()() }).open(RUN);
    await open.start({});
    for (let round = 1; round <= 3; round++) await commitPinned(open, round);
    let next = 4;
    const busy: Disk = {
      ...disk,
      async read(path) {
        // The journal says that round 3 is the newest; when its state is looked for, round 5 is, and it is deleted.
        if (path.endsWith('3.safetensors')) while (next <= 5) await commitPinned(open, next++);
        return disk.read(path);
      },
    };
    expect(await directoryStore('/run', { disk: busy }).verify(RUN)).toEqual([]);
    expect(disk.peek('/run/round-00000003.safetensors')).toBeNull();
    await disk.remove('/run/round-00000005.safetensors');
    expect(await directoryStore('/run', { disk }).verify(RUN)).toEqual([
      { where: 'the state of round 5', reason: 'the file is missing' },
    ]);
  });

  test('`directoryStore` keeps what it commits after both newest states were damaged', async () => {
    const disk = simulatedDisk();
    const owner = succession();
    const first = await directoryStore('/run', { disk, owner: owner() }).open(RUN);
    await first.start({});
    for (let round = 1; round <= 6; round++) await commitPinned(first, round);
    await first.close();
    for (const round of [5, 6]) disk.flipBit(`/run/round-0000000${round}.safetensors`, 0);
    const again = await directoryStore('/run', { disk, owner: owner() }).open(RUN);
    expect([again.found!.state!.round, again.found!.damage.length]).toEqual([2, 2]);
    await again.start({});
    for (let round = 3; round <= 5; round++) await commitPinned(again, round);
    await again.close();
    const last = await directoryStore('/run', { disk, owner: owner() }).open(RUN);
    expect(last.found).toMatchObject({ state: { round: 5, bytes: scriptedState(5) }, damage: [] });
    // The one that is pinned, and the last two (`keep`).
    const states = disk.paths().filter((path) => path.endsWith('.safetensors'));
    expect(states.sort()).toEqual([2, 4, 5].map((round) => `/run/round-0000000${round}.safetensors`));
  });

  test.each(['damaged', 'gone'])(
    '`directoryStore` says at a start that a state which is pinned is %s, and continues',
    async (how) => {
      const disk = simulatedDisk();
      const owner = succession();
      const first = await directoryStore('/run', { disk, owner: owner() }).open(RUN);
      await first.start({});
      for (let round = 1; round <= 5; round++) await commitPinned(first, round);
      await first.close();
      const path = '/run/round-00000002.safetensors';
      if (how === 'gone') await disk.remove(path);
      else disk.flipBit(path, 0);
      const { found } = await directoryStore('/run', { disk, owner: owner() }).open(RUN);
      expect(found!.state).toEqual({ round: 5, bytes: scriptedState(5) });
      expect(found!.damage).toEqual([
        {
          where: 'the state of round 2',
          reason: how === 'gone' ? 'the file is missing' : expect.stringContaining(`Cannot read ${path}`),
        },
      ]);
    },
  );

  test('`directoryStore` never begins anew when the end of its journal is gone, wherever it is cut', async () => {
    const { disk: whole } = await finished();
    const journal = whole.peek('/run/journal.log')!;
    const outcomes = { newest: 0, before: 0, refused: 0 };
    for (let bytes = 0; bytes < journal.length; bytes++) {
      const { disk, owner } = await finished();
      const file = await disk.open('/run/journal.log', 'write');
      if (bytes > 0) await file.write(journal.subarray(0, bytes));
      const store = directoryStore('/run', { disk, owner: owner() });
      try {
        const { found } = await store.open(RUN);
        // Of `keep` states: a commit that is cut off may be one that never was.
        expect([ROUNDS - 1, ROUNDS]).toContain(found!.state?.round);
        expect(found!.state!.bytes).toEqual(scriptedState(found!.state!.round));
        outcomes[found!.state!.round === ROUNDS ? 'newest' : 'before']++;
      } catch (error) {
        expect(error).toBeInstanceOf(StoreDamagedError);
        outcomes.refused++;
        if (bytes > journal.indexOf(10)) expect(await store.verify(RUN)).not.toEqual([]);
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(0);
  });

  test('`directoryStore` refuses a directory whose entries are all damaged, rather than begin anew', async () => {
    const { disk, owner } = await finished();
    for (const path of ['/run/journal.log', '/run/run.log']) {
      const file = await disk.open(path, 'write');
      await file.write(new TextEncoder().encode('nonsense\n'));
    }
    const store = directoryStore('/run', { disk, owner: owner() });
    await expect(store.open(RUN)).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringMatching(/no entry is whole\n {4}\/run\/journal\.log, line 1: /),
    });
  });
});

async function finished() {
  const disk = simulatedDisk();
  const owner = succession();
  await scriptedRun(directoryStore('/run', { disk, owner: owner() }), ROUNDS);
  return { disk, owner };
}

/** Commits a round as it was scripted; the state of round 2 is pinned from there on. */
async function commitPinned(open: OpenRun, round: number): Promise<void> {
  const id = { round, attempt: 1 };
  await open.begin({ ...id, cohort: { size: 2, digest: 'c' }, seed: [round, 1] });
  const state = () => scriptedState(round);
  const pinned = round < 2 ? [] : [2];
  await open.commit({ ...id, counted: ['a'], lost: [], metrics: { round }, state, pinned });
}

/** A file that a run's outcome hangs on: locks are none. */
function pick(disk: SimulatedDisk, below: (bound: number) => number): string {
  const paths = disk.paths().filter((path) => !path.includes('writer-'));
  return paths[below(paths.length)]!;
}
