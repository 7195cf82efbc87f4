// Stores on a real disk, in processes that are killed at any moment; and the database, damaged or full.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, seedFrom } from '@starling/federated-core';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { simulatedDisk } from '../disk/simulated-disk.js';
import { directoryStore } from '../durable/directory-store.js';
import { RUN, scriptedRun, scriptedState } from '../testing/scripted-run.js';
import { sqlStore } from './sql-store.js';

const PROCESS = fileURLToPath(new URL('../../dist/testing/scripted-process.js', import.meta.url));
const ROUNDS = 6;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'starling-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the process until it ends, or kills it so long after its first line; gives the last round that it printed. */
function runProcess(kind: 'sql' | 'directory', rounds: number, killAfterMs: number | null) {
  const child = spawn(process.execPath, [PROCESS, kind, folder, String(rounds)]);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '' && killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    output += text;
  });
  return new Promise<{ readonly output: string; readonly last: number }>((resolve) =>
    child.once('close', () => {
      const last = Math.max(0, ...[...output.matchAll(/^(\d+)\n/gm)].map((match) => Number(match[1])));
      resolve({ output, last });
    }),
  );
}

describe.each([['sql'], ['directory']] as const)('%s store', (kind) => {
  const storeHere = () => (kind === 'sql' ? sqlStore(folder) : directoryStore(folder));

  test(`\`${kind}\` opens again and loses no committed round when its process is killed in the middle`, async () => {
    const random = generator(seedFrom(5));
    let committed = 0;
    // A slow machine commits few rounds before each kill, and then has more of these.
    for (let kill = 0; kill < 8 || committed <= 20; kill++) {
      const { last } = await runProcess(kind, 100_000, random.below(60));
      committed = Math.max(committed, last);
      const store = storeHere();
      const open = await store.open(RUN); // its lock is taken over
      const { state, damage, history } = open.found!;
      expect(damage).toEqual([]);
      expect(state!.round).toBeGreaterThanOrEqual(committed);
      expect(state!.bytes).toEqual(scriptedState(state!.round));
      expect(history.commits.map(({ round }) => round)).toEqual(
        Array.from({ length: state!.round }, (_, index) => index + 1),
      );
      committed = state!.round;
      await open.close();
      await store.close();
    }
  }, 120_000);

  test(`\`${kind}\` refuses a second process while the first lives`, async () => {
    const store = storeHere();
    const open = await store.open(RUN);
    const { output } = await runProcess(kind, 3, null);
    expect(output).toMatch(/^error StoreLockedError: /);
    await open.close();
    await store.close();
    expect((await runProcess(kind, 3, null)).output).toMatch(/done 3\n$/);
  });
});

describe('sqlStore', () => {
  test('`sqlStore` takes no other state for the newest, whichever bit of its files flips', async () => {
    const original = sqlStore(folder);
    await scriptedRun(original, ROUNDS);
    await original.close();
    const random = generator(seedFrom(4));
    const outcomes = new Map<string, number>();
    for (let flip = 0; flip < 120; flip++) {
      const copy = await mkdtemp(join(tmpdir(), 'starling-flip-'));
      await cp(folder, copy, { recursive: true, filter: (name) => !name.endsWith('-shm') });
      const files = [
        'runs.db',
        ...(await readdir(join(copy, 'states', RUN))).map((name) => `states/${RUN}/${name}`),
      ];
      const path = join(copy, files[random.below(files.length)]!);
      const bytes = await readFile(path);
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      await writeFile(path, bytes);
      const store = sqlStore(copy);
      try {
        const open = await store.open(RUN);
        // Without its journal a run of this name is new, as it would be with another file in the place.
        const { state, damage } = open.found ?? { state: null, damage: [] };
        if (state !== null) expect(state.bytes).toEqual(scriptedState(state.round));
        if (state !== null && state.round < ROUNDS) expect(damage.length).toBeGreaterThan(0);
        const outcome = state === null ? 'new' : state.round === ROUNDS ? 'newest' : 'before';
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^store-(damaged|failed)$/);
        outcomes.set('refused', (outcomes.get('refused') ?? 0) + 1);
      } finally {
        await store.close();
        await rm(copy, { recursive: true });
      }
    }
    expect(outcomes.get('new') ?? 0).toBe(0);
    expect(outcomes.get('before')).toBeGreaterThan(10);
    expect(outcomes.get('newest')).toBeGreaterThan(30);
  }, 60_000);

  test('`sqlStore` loses no committed round when its database is full, and continues once there is room', async () => {
    const store = sqlStore(folder);
    const first = await scriptedRun(store, 2);
    expect(first).toEqual({ committed: 2, error: null });
    await store.close();
    // A trigger stands for a full disk: the same code from the same call.
    const database = new Libsql(join(folder, 'runs.db'));
    database.exec("create trigger full before insert on lines begin select raise(rollback, 'full'); end");
    const again = sqlStore(folder);
    const stuck = await scriptedRun(again, ROUNDS, { committed: 2 });
    expect(stuck).toMatchObject({ committed: 2, error: { code: 'store-failed' } });
    database.exec('drop trigger full');
    database.close();
    expect(await scriptedRun(again, ROUNDS, { committed: 2 })).toEqual({ committed: ROUNDS, error: null });
    await again.close();
  });

  test('`sqlStore` loses no committed round when the disk of its states refuses', async () => {
    for (let from = 1; from <= 24; from++) {
      const run = await mkdtemp(join(tmpdir(), 'starling-refused-'));
      const disk = simulatedDisk({ fault: (_, __, number) => (number === from ? 'ENOSPC' : null) });
      const store = sqlStore(run, { disk });
      const first = await scriptedRun(store, ROUNDS);
      const next = await scriptedRun(store, ROUNDS, { committed: first.committed });
      expect([from, next]).toEqual([from, { committed: ROUNDS, error: null }]);
      await store.close();
      await rm(run, { recursive: true });
    }
  });
});
