import { deriveSeed, seedFrom } from '@starling/federated-core';
import type { CohortSampler, Population } from '@starling/population';
import { expect, test } from 'vitest';
import { sampleCohort } from './sample-cohort.js';

test('`sampleCohort` asks the sampler with the seed of cohorts, whatever the round', () => {
  const sampler: CohortSampler = {
    name: 'noting',
    sample(request) {
      expect(request).toEqual({ round: 5, seed: deriveSeed(seedFrom(7), 'cohort'), populationSize: 3 });
      return [2, 0];
    },
  };
  const population = { size: 3 } as Population;
  expect(sampleCohort({ sampler, population }, seedFrom(7), 5)).toEqual([2, 0]);
});
