import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryStore } from '@starling/store/directory';
import { afterEach, assert, beforeEach, describe, test } from 'vitest';
import { runRounds } from '../rounds/run-rounds.js';
import { numberOf, options } from '../testing/growth.js';
import { earlierState } from './earlier-state.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'starling-earlier-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Names and bytes of all files. */
async function contents(): Promise<readonly (readonly [string, Buffer])[]> {
  const names = (await readdir(directory)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const));
}

const roundOf = async (upTo: number): Promise<number | null> => {
  const store = earlierState(directoryStore(directory), upTo);
  const { found } = await store.open((await store.list())[0]!.run);
  return found?.state?.round ?? null;
};

describe('earlierState', () => {
  test('`earlierState` takes up the last state up to a round, and leaves the directory as it is', async () => {
    await runRounds(options({ rounds: 4, store: directoryStore(directory) }));
    const before = await contents();
    assert.deepEqual([await roundOf(9), await roundOf(4), await roundOf(3)], [4, 4, 3]);
    assert.isNull(await roundOf(2));
    const { state } = await runRounds(
      options({ rounds: 3, store: earlierState(directoryStore(directory), 3), sampler: failing }),
    );
    // Cohorts of means 0.5, 1.5 and 2.5, times 2, on top of 100.
    assert.equal(numberOf(state), 109);
    assert.deepEqual(await contents(), before);
  });

  /** Draws the first cohort, which tells one run from another; a later one would show that rounds are run. */
  const failing: ReturnType<typeof options>['sampler'] = {
    name: 'neighbours',
    sample: ({ round }) => {
      if (round === 1) return [0, 1];
      throw new Error('no round is to be run again');
    },
  };

  test('`earlierState` passes over a file that is damaged', async () => {
    await runRounds(options({ rounds: 4, store: directoryStore(directory) }));
    await writeFile(join(directory, 'round-00000004.safetensors'), 'cut short');
    assert.equal(await roundOf(4), 3);
  });
});
