// Rounds of nobody: what a sampler that has empty cohorts meets.
import {
  atClients,
  federatedComputation,
  federatedMean,
  federatedSum,
  float32,
} from '@starling/federated-core';
import type { CohortSampler } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { drawnBy } from '../testing/drawn-by.js';
import { population } from '../testing/growth.js';
import type { RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

// Clients 0 and 1 hold their numbers.
/** Nobody in the second round, as a Poisson sampler has it at times. */
const sampler: CohortSampler = { name: 'now-and-then', sample: ({ round }) => (round === 2 ? [] : [0, 1]) };

function run(computation: NonNullable<RunOptions['computation']>, options: Partial<RunOptions> = {}) {
  return runRounds({
    computation,
    population,
    sampler,
    runtime: inProcessRuntime(),
    seed: 1,
    rounds: 3,
    ...options,
  });
}

describe('runRounds', () => {
  test('`runRounds` runs a round of an empty cohort: a sum is zero', async () => {
    const total = federatedComputation({ value: atClients(float32()) }, ({ value }) => federatedSum(value));
    const told: unknown[] = [];
    await run(total, {
      onRound: ({ round, metrics, reports }) => void told.push([round, metrics, reports.length]),
    });
    expect(told).toEqual([
      [1, 1, 2],
      [2, 0, 0],
      [3, 1, 2],
    ]);
  });

  test('`runRounds` fails an attempt of an empty cohort that takes a mean, and tries again with another cohort', async () => {
    const mean = federatedComputation({ value: atClients(float32()) }, ({ value }) => federatedMean(value));
    // Whatever the attempt, the sampler has nobody in the second round.
    await expect(run(mean)).rejects.toMatchObject({ code: 'empty-aggregate' });
    const failed: string[] = [];
    const result = await run(mean, {
      sampler: drawnBy((round, attempt) => (round === 2 && attempt === 1 ? [] : [0, 1])),
      onFailedRound: ({ round, attempt, error }) => void failed.push(`${round}.${attempt} ${error.code}`),
    });
    expect(failed).toEqual(['2.1 empty-aggregate']);
    expect([result.rounds, result.failedRounds, result.failure]).toEqual([3, 1, null]);
  });
});
