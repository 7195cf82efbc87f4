import { compilePlan, type Seed } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { runtimeContract } from '../contract.js';
import { packPlan } from '../plan/pack-plan.js';
import { floats, totalOf } from '../testing/contract-computations.js';
import { threadsRuntime } from './threads-runtime.js';

for (const workers of [1, 2, 4]) {
  runtimeContract(`threadsRuntime with ${workers} workers`, () => threadsRuntime({ workers }));
}

// Data then travels with each lane.
runtimeContract('threadsRuntime without room for data', () =>
  threadsRuntime({ workers: 2, dataCacheBytes: 0 }),
);

test('`threadsRuntime` refuses to be made when it has no worker', () => {
  expect(() => threadsRuntime({ workers: 0 })).toThrow(/need at least 1 worker, got 0/);
});

test('`threadsRuntime` fails a phase, and runs the next, when a cohort names a client that there is not', async () => {
  const plan = packPlan(compilePlan(totalOf, { laneSize: 1 }));
  const session = await threadsRuntime({ workers: 2 }).open(plan, floats([1, 2, 3]));
  const run = (cohort: readonly number[]) =>
    session.runPhase({ round: 1, phase: 0, seed: [0, 1] as Seed, cohort, broadcast: [] });
  await expect(run([0, 1, 7])).rejects.toThrow(RangeError);
  const { accumulators } = await run([0, 1, 2]);
  expect(accumulators[0]![0]!.data[0]).toBe(6);
  await session.close();
});
