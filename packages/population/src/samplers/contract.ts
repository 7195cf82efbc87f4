// The contract suite of cohort samplers: each one's test calls it.
import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { checkCohort } from './check-cohort.js';
import type { CohortSampler } from './sampler.js';

const SIZES = [50, 1e9];

/**
 * Tests a sampler on a population of 50 clients and on one of a thousand million. Call it at the top of a test file,
 * for a sampler of your own too:
 *
 *     import { samplerContract } from '@starling/population/contract';
 *     import { roundRobin } from './round-robin.js';
 *
 *     samplerContract('roundRobin', roundRobin({ cohortSize: 7 }));
 */
export function samplerContract(name: string, sampler: CohortSampler): void {
  describe(`${name} keeps the sampler contract`, () => {
    test.each(SIZES)('samples clients of a population of %i without repetition', (populationSize) => {
      for (let round = 1; round <= 20; round++) {
        const cohort = sampler.sample({ round, seed: seedFrom(4), populationSize });
        checkCohort(cohort, { name, size: populationSize, clientId: String });
      }
    });

    test('gives the same cohort for the same round and seed', () => {
      const request = { round: 3, seed: seedFrom(4), populationSize: 50 };
      expect(sampler.sample(request)).toEqual(sampler.sample({ ...request }));
    });
  });
}
