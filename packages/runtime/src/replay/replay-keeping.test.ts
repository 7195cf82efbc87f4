// Replays of runs whose clients keep a state: the whole of one gives the same states again; one client's work follows
// from what no record has, and is refused.
import { uniformSampler } from '@starling/population';
import { memoryClientStates, memoryStore } from '@starling/store';
import { assert, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RunOptions } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import { keepingPopulation } from '../testing/client-state-contract.js';
import { keepingProcess } from '../testing/keeping-processes.js';
import { replayClient } from './replay-client.js';
import { replayRun } from './replay-run.js';

const population = keepingPopulation([1, 2, Number.NaN, 4, 5]);
const options = (more: Partial<RunOptions> = {}): RunOptions =>
  ({
    process: keepingProcess('second'),
    population,
    runtime: inProcessRuntime(),
    sampler: uniformSampler({ cohortSize: 4 }),
    rounds: 3,
    seed: 3,
    run: 'one',
    ...more,
  }) as RunOptions;

test('`replayRun` gives the same states when clients keep a state, and some of them had lost it', async () => {
  const store = memoryStore();
  await runRounds(options({ store }));
  // What clients keep is gone with the memory of the first start.
  await runRounds(options({ store, rounds: 6, clientStates: memoryClientStates() }));
  const { commits } = await store.read('one');
  assert.isTrue(commits.some(({ clientVersions }) => (clientVersions?.restarted ?? []).length > 0));
  const { runtime: _, rounds: __, onRound: ___, ...asked } = options();
  const rounds = await replayRun({ ...asked, store, run: 'one' });
  assert.equal(rounds.length, 6);
  for (const { committed, replayed } of rounds) assert.equal(replayed, committed);
});

test('`replayClient` refuses a process whose clients keep a state', async () => {
  const runner = () => {
    throw new Error('it is not asked');
  };
  await expect(replayClient({ ...options(), round: 1, client: '0', runner })).rejects.toMatchObject({
    code: 'not-replayable',
    message: expect.stringContaining('its work follows from what it keeps, which no record has'),
  });
});
