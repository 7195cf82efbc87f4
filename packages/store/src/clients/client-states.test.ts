import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../disk/disk.js';
import { simulatedDisk } from '../disk/simulated-disk.js';
import { clientStateContract } from '../testing/client-state-contract.js';
import { versionsToHold } from './client-states.js';
import { directoryClientStates } from './directory-client-states.js';
import { memoryClientStates } from './memory-client-states.js';

clientStateContract('memory', () => ({ open: memoryClientStates }), { isDurable: false });

clientStateContract(
  'directory',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'starling-states-'));
    return {
      open: () => directoryClientStates(join(directory, 'states')),
      remove: () => rm(directory, { recursive: true }),
    };
  },
  { isDurable: true },
);

const version = (id: string, round: number, base: string | null) => ({ id, round, base });

describe('versionsToHold', () => {
  // a (round 2) ← b (round 5) ← c (round 7), and x, which an attempt at round 7 made that came to nothing.
  const versions = [version('a', 2, null), version('b', 5, 'a'), version('c', 7, 'b'), version('x', 7, 'b')];
  test.each<[string | null, number, string]>([
    ['c', 7, 'c'],
    ['c', 6, 'bc'], // a start after round 6 asks for what the client had then: that of round 5
    ['c', 5, 'bc'],
    ['c', 4, 'abc'],
    ['c', 0, 'abc'],
    ['b', 5, 'b'], // a later start has made c void
    ['gone', 0, ''],
    [null, 0, ''],
  ])('`versionsToHold` of %s from round %i on are "%s"', (base, keepFrom, held) => {
    expect(
      versionsToHold(versions, base, keepFrom)
        .map(({ id }) => id)
        .join(''),
    ).toBe(held);
  });
});

/** A process that is another one each time. */
const owner = () => {
  const id = Math.random().toString(36).slice(2);
  return { id, pid: 1, host: 'here', began: id, isGone: () => true };
};
const idOf = (name: string) => name.padEnd(64, '0');

describe('directoryClientStates', () => {
  test('`directoryClientStates` holds what was synced whatever the machine loses (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            client: fc.constantFrom('a', 'b', 'c'),
            does: fc.constantFrom('write', 'write', 'sync', 'settle', 'crash'),
            chance: fc.nat(),
          }),
          { maxLength: 40 },
        ),
        async (steps) => {
          let chance = 0;
          const disk = simulatedDisk({ draw: (bound) => chance % bound });
          const open = () => directoryClientStates('/states', { disk, owner: owner() }).open('run');
          let states = await open();
          let round = 0;
          /** The latest of each client, and what of them is durable. */
          const latest = new Map<string, { id: string; round: number }>();
          let durable = new Map(latest);
          for (const { client, does, chance: next } of steps) {
            chance = next;
            if (does === 'write') {
              round++;
              const base = latest.get(client)?.id ?? null;
              const id = idOf(`${client}${round}`);
              await states.write(client, version(id, round, base), new TextEncoder().encode(id));
              latest.set(client, { id, round });
            } else if (does === 'sync') {
              await states.sync();
              durable = new Map(latest);
            } else if (does === 'settle') {
              const base = durable.get(client) ?? null; // as one does after a commit, and so after a sync
              if (base !== null && base.id === latest.get(client)!.id) {
                await states.settle(client, base.id, base.round);
              }
            } else {
              disk.crash();
              states = await open();
              latest.clear();
              for (const [name, each] of durable) latest.set(name, each);
            }
            for (const [name, { id }] of does === 'crash' ? durable : latest) {
              expect(await states.read(name, id)).toEqual(new TextEncoder().encode(id));
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('`directoryClientStates` takes a state whose bytes have changed for lost', async () => {
    const disk = simulatedDisk();
    const states = await directoryClientStates('/states', { disk, owner: owner() }).open('run');
    await states.write('a', version(idOf('one'), 1, null), new Uint8Array(100));
    await states.sync();
    const [path] = disk.paths().filter((each) => each.endsWith('.segment'));
    disk.flipBit(path!, disk.peek(path!)!.length * 8 - 3);
    expect(await states.read('a', idOf('one'))).toBeNull();
  });

  test('`directoryClientStates` gives no other state, and opens, whichever bit of a segment flips', async () => {
    const clients = ['a', 'b', 'c'];
    const stateOf = (client: string) => new TextEncoder().encode(`the state of ${client}`);
    const disk = simulatedDisk();
    let longest = 0;
    const watched: Disk = {
      ...disk,
      readPart(path, from, length) {
        longest = Math.max(longest, length);
        return disk.readPart(path, from, length);
      },
    };
    const open = async () => directoryClientStates('/states', { disk: watched, owner: owner() }).open('run');
    const states = await open();
    for (const client of clients) {
      await states.write(client, version(idOf(client), 1, null), stateOf(client));
    }
    await states.sync();
    await states.close();
    const path = disk.paths().find((each) => each.endsWith('.segment'))!;
    const written = Uint8Array.from(disk.peek(path)!);
    let lost = 0;
    for (let bit = 0; bit < written.length * 8; bit++) {
      const file = await disk.open(path, 'write');
      await file.write(written);
      disk.flipBit(path, bit);
      const found = await open();
      for (const client of clients) {
        const state = await found.read(client, idOf(client));
        if (state === null) lost++;
        else expect(state).toEqual(stateOf(client));
        // Nor is a state another client's, of another round, or made of another one.
        expect([[], [version(idOf(client), 1, null)]]).toContainEqual(await found.versions(client));
      }
      await found.close();
    }
    expect(lost).toBeGreaterThan(written.length); // each bit of a state loses it
    expect(longest).toBeLessThanOrEqual(65_536); // and not 2 GiB, where the first bit of a length says so
  });

  test('`directoryClientStates` is to be opened anew after the disk has refused', async () => {
    let full = false;
    const disk = simulatedDisk({ fault: (call) => (full && call === 'sync' ? 'ENOSPC' : null) });
    const states = await directoryClientStates('/states', { disk, owner: owner() }).open('run');
    await states.write('a', version(idOf('one'), 1, null), new Uint8Array(100));
    full = true;
    await expect(states.sync()).rejects.toMatchObject({ code: 'store-failed' });
    full = false;
    // What was written may not be there, and no later sync would say so.
    await expect(states.sync()).rejects.toThrow('open it anew');
    await states.close();
    const again = await directoryClientStates('/states', { disk, owner: owner() }).open('run');
    await again.write('a', version(idOf('one'), 1, null), new Uint8Array(100));
    await again.sync();
    expect(await again.read('a', idOf('one'))).toEqual(new Uint8Array(100));
  });

  test('`directoryClientStates` grows by what is touched, not by how often', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'starling-states-'));
    try {
      const states = await directoryClientStates(directory).open('run');
      const base = new Map<string, string>();
      for (let round = 1; round <= 200; round++) {
        // Ten of a hundred clients a round, in turn.
        for (let index = 0; index < 10; index++) {
          const client = `client-${(round * 10 + index) % 100}`;
          const id = idOf(`${client}-${round}`);
          await states.write(client, version(id, round, base.get(client) ?? null), new Uint8Array(4096));
          base.set(client, id);
          await states.settle(client, id, round);
        }
        await states.sync();
      }
      const files = (await readdir(join(directory, 'run'))).filter((each) => each.endsWith('.segment'));
      // A hundred states of 4 KiB, ten a segment, of which none is void before all of its clients come again.
      expect(files).toHaveLength(10);
      for (const [client, id] of base) expect((await states.read(client, id))?.length).toBe(4096);
      await states.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('`directoryClientStates` moves on what little is left in a segment', async () => {
    const disk = simulatedDisk();
    const states = await directoryClientStates('/states', { disk, owner: owner() }).open('run');
    const put = async (client: string, round: number) => {
      const id = idOf(`${client}${round}`);
      await states.write(client, version(id, round, null), new Uint8Array(1000));
      await states.settle(client, id, round);
      return id;
    };
    const first = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((client) => put(client, 1)));
    await states.sync();
    // Five of six are void: less than a quarter is left.
    for (const client of ['b', 'c', 'd', 'e', 'f']) await put(client, 2);
    await states.sync();
    expect(disk.paths().filter((each) => each.endsWith('.segment'))).toEqual([
      '/states/run/states-00000002.segment',
    ]);
    expect(await states.read('a', first[0]!)).toEqual(new Uint8Array(1000));
  });

  test.each([
    ['a', ''],
    ['b', 'a'],
  ])(
    '`directoryClientStates` sets a segment aside whose head of %s is damaged',
    async (damaged, readable) => {
      const disk = simulatedDisk();
      const open = () => directoryClientStates('/states', { disk, owner: owner() }).open('run');
      const files = () => disk.paths().filter((each) => each.includes('.segment'));
      const first = await open();
      for (const client of ['a', 'b', 'c']) {
        await first.write(
          client,
          version(idOf(client), 1, null),
          new TextEncoder().encode(`state of ${client}`),
        );
      }
      await first.sync();
      await first.close();
      const [path] = files() as [string];
      const head = Buffer.from(disk.peek(path)!).indexOf(`{"client":"${damaged}"`);
      const behindLength = head - 33; // 32 digits of its hash, and a space
      disk.flipBit(path, (behindLength - 1) * 8); // of the last byte of the length, so that it is 16 MiB
      const bytes = Uint8Array.from(disk.peek(path)!);
      const states = await open();
      for (const client of ['a', 'b', 'c']) {
        expect((await states.read(client, idOf(client))) !== null).toBe(readable.includes(client));
      }
      // Nothing of it is asked for any more: it is no longer read, and all of it is still there.
      await states.write('a', version(idOf('next'), 2, null), new Uint8Array(10));
      await states.settle('a', idOf('next'), 2);
      await states.sync();
      await states.close();
      const aside = `${path}.damaged`;
      expect(files().sort()).toEqual([aside, '/states/run/states-00000002.segment']);
      expect(disk.peek(aside)).toEqual(bytes);
      const again = await open();
      expect(await again.read('a', idOf('next'))).toEqual(new Uint8Array(10));
      expect(await again.versions('c')).toEqual([]);
      await again.close();
      expect(disk.peek(aside)).toEqual(bytes);
    },
  );

  test('`directoryClientStates` takes a state for lost that was damaged when the rest moved on', async () => {
    const disk = simulatedDisk();
    const states = await directoryClientStates('/states', { disk, owner: owner() }).open('run');
    const put = async (client: string, round: number) => {
      const id = idOf(`${client}${round}`);
      await states.write(client, version(id, round, null), new Uint8Array(1000));
      await states.settle(client, id, round);
    };
    const clients = ['b', 'c', 'd', 'e', 'f'];
    for (const client of [...clients, 'a']) await put(client, 1);
    await states.sync();
    const [path] = disk.paths().filter((each) => each.endsWith('.segment'));
    disk.flipBit(path!, disk.peek(path!)!.length * 8 - 3);
    for (const client of clients) await put(client, 2);
    await states.sync();
    expect(disk.peek(path!)).toBeNull();
    expect(await states.read('a', idOf('a1'))).toBeNull();
  });
});
