import { generator, seedFrom } from '@starling/federated-core';
import { distancesOf, plainRows } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { WorkerError } from '../runtime/errors.js';
import { createRowThreads } from './row-threads.js';
import { threadedRows } from './server-rows.js';

/** A little more than two chunks, so that the last is short. */
const LENGTH = 2 * 65_536 + 37;

/** Rows in shared memory, as a cohort's updates are kept. */
function sharedRows(n: number): Float32Array[] {
  const random = generator(seedFrom(3));
  return Array.from({ length: n }, () => {
    const row = new Float32Array(new SharedArrayBuffer(4 * LENGTH));
    for (let at = 0; at < LENGTH; at++) row[at] = random.uniform() - 0.5;
    return row;
  });
}

describe('threadedRows', () => {
  const rows = sharedRows(5);

  test.each([1, 2, 3])('gives the bits of plainRows on %d threads', async (threads) => {
    const kernels = threadedRows({ threads, fewest: 1 });
    for (const trim of [0, 1, 2]) {
      const [found, expected] = [new Float32Array(LENGTH), new Float32Array(LENGTH)];
      await kernels.middles(rows, trim, found);
      await plainRows.middles(rows, trim, expected);
      expect(found).toEqual(expected);
    }
    const [found, expected] = [new Float64Array(25), new Float64Array(25)];
    await kernels.distances(rows, found);
    await plainRows.distances(rows, expected);
    expect(found).toEqual(expected);
  });

  test('takes rows that are not shared on the calling thread', async () => {
    const own = rows.map((row) => Float32Array.from(row));
    const [found, expected] = [new Float64Array(25), new Float64Array(25)];
    await threadedRows({ threads: 1, fewest: 1 }).distances(own, found);
    await plainRows.distances(rows, expected);
    expect(found).toEqual(expected);
  });

  test('says what a thread failed of, which then takes the next task', async () => {
    const threads = createRowThreads(1);
    const bad = { kind: 'distances', rows: [null as never, null as never], from: 0, to: 1 } as const;
    await expect(threads.run(bad)).rejects.toThrow(WorkerError);
    expect(threads.isBroken()).toBe(false);
    const part = await threads.run({ kind: 'distances', rows, from: 0, to: 10 });
    expect(part).toEqual(distancesOf(rows, 0, 10));
  });
});
