import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, type RunStore } from '@starling/store';
import { afterEach, assert, beforeEach, describe, expect, test } from 'vitest';
import { readRecord } from '../record/record-file.js';
import type { RecordLine } from '../record/record-line.js';
import type { RunOptions } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import { linesOf, options } from '../testing/growth.js';
import { exportRecord, followRecord } from './record-follower.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'starling-record-'));
});
afterEach(() => rm(directory, { recursive: true }));
const path = (): string => join(directory, 'metrics.jsonl');
const run = (store: RunStore, more: Partial<RunOptions> = {}) =>
  runRounds(options({ store, onRecord: followRecord(store, directory), ...more }));

describe('followRecord', () => {
  test('`followRecord` writes each line once it is told, and all of them again when the run is taken up', async () => {
    const store = memoryStore();
    const follow = followRecord(store, directory);
    const told: RecordLine[] = [];
    await run(store, {
      rounds: 2,
      async onRecord(line) {
        await follow(line);
        told.push(line);
        assert.deepEqual(await readRecord(directory), told);
      },
    });
    await writeFile(path(), '{"type":"round","round":7}\n{"type":'); // as a kill may leave it, or a hand
    await run(store, { rounds: 3 });
    assert.deepEqual(await readRecord(directory), await linesOf(store));
    assert.deepEqual((await readRecord(directory))?.slice(0, 4), told);
    assert.deepEqual(await readdir(directory), ['metrics.jsonl']);
  });

  test('`followRecord` leaves out what is void since the run was taken up before it', async () => {
    const store = memoryStore();
    const broken = run(store, {
      checkpointEvery: 2,
      rounds: 4,
      onRound({ round }) {
        if (round === 3) throw new Error('killed');
      },
    });
    await expect(broken).rejects.toThrow('killed');
    const kinds = async () =>
      (await readRecord(directory))!.map((line) => (line.type === 'round' ? line.round : line.type));
    assert.deepEqual(await kinds(), ['run', 1, 2, 3, 'failed']);
    await run(store, { checkpointEvery: 2, rounds: 4 });
    // The failed line tells of three rounds.
    assert.deepEqual(await kinds(), ['run', 1, 2, 'run', 3, 4, 'done']);
  });

  test('`followRecord` makes up with the next line for one that could not be written, and says if none follows', async () => {
    const store = memoryStore();
    const inTheWay = { onRound: async () => void (await mkdir(path()).catch(() => {})) };
    const blocked = async ({ round }: { readonly round: number }) => {
      if (round === 1) {
        await rm(path());
        await inTheWay.onRound();
      }
      if (round === 2) await rm(path(), { recursive: true });
    };
    await run(store, { onRound: blocked });
    assert.deepEqual(await readRecord(directory), await linesOf(store));
    const last = run(memoryStore(), {
      async onRound({ round }) {
        if (round < 3) return;
        await rm(path());
        await inTheWay.onRound();
      },
    });
    await expect(last).rejects.toMatchObject({
      code: 'record-not-written',
      message: expect.stringMatching(
        /^Cannot write .*metrics\.jsonl: E.*starling runs export makes it again$/,
      ),
    });
  });
});

test('`exportRecord` makes the file again, to the last byte', async () => {
  const store = memoryStore();
  await run(store, { run: 'one' });
  const before = await readFile(path(), 'utf8');
  await rm(path());
  await exportRecord(store, 'one', directory);
  assert.equal(await readFile(path(), 'utf8'), before);
});
