// The contract suite of cohort samplers: each one's test calls it.
import { seedFrom } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { checkCohort } from './check-cohort.js';
import type { CohortSampler } from './sampler.js';

/** Checks a sampler of a population of `populationSize`, which must not choose everyone every round. */
export function samplerContract(name: string, sampler: CohortSampler, populationSize: number): void {
  describe(`${name} keeps the sampler contract`, () => {
    it('samples clients of the population without repetition', () => {
      for (let round = 0; round < 20; round++) {
        const cohort = sampler.sample(round, seedFrom(4));
        checkCohort(cohort, { name, size: populationSize, clientId: String });
      }
    });

    it('gives the same cohort for the same round and seed', () => {
      expect(sampler.sample(3, seedFrom(4))).toEqual(sampler.sample(3, seedFrom(4)));
    });
  });
}
