// Memory of the `threads` runtime over many rounds: nothing that a round makes outlives it.
import { uniformSampler } from '@starling/population';
import { assert, test } from 'vitest';
import { runRounds } from '../rounds/run-rounds.js';
import { datasets, drift } from '../testing/contract-computations.js';
import { threadsRuntime } from './threads-runtime.js';

const ROUNDS = 10_000;
const WARM_UP = 3_000;
/** A round of this plan makes some 30 kB of garbage; a leak of a third of it would show. */
const BYTES_A_ROUND = 10_000;

test('`threadsRuntime` needs no more memory after 10,000 rounds than after 3,000', {
  timeout: 180_000,
}, async () => {
  const population = datasets(Array.from({ length: 100 }, (_, client) => [client / 7, client / 3]));
  let before = 0;
  let after = 0;
  await runRounds({
    process: drift,
    runtime: threadsRuntime({ workers: 2 }),
    population,
    sampler: uniformSampler({ cohortSize: 4 }),
    rounds: ROUNDS,
    seed: 1,
    onRound: ({ round }) => {
      if (round === WARM_UP) before = process.memoryUsage.rss();
      if (round === ROUNDS) after = process.memoryUsage.rss();
    },
  });
  assert.isBelow(after - before, BYTES_A_ROUND * (ROUNDS - WARM_UP));
});
