// Uniform cohort sampling: each round, every set of clients of the cohort's size is equally likely. The S_t of
// FedAvg (McMahan et al., AISTATS 2017, Algorithm 1).
import { deriveSeed, generator } from '@starling/federated-core';
import type { CohortSampler } from './sampler.js';

/**
 * Samples `cohortSize` of `populationSize` clients without replacement, anew each round. Time and memory grow
 * with the cohort, not with the population. Throws a `RangeError` unless 0 < cohortSize ≤ populationSize.
 */
export function uniformSampler({
  populationSize,
  cohortSize,
}: {
  readonly populationSize: number;
  readonly cohortSize: number;
}): CohortSampler {
  if (!(Number.isSafeInteger(cohortSize) && cohortSize >= 1 && cohortSize <= populationSize)) {
    throw new RangeError(
      `Cannot sample cohorts: cohortSize must be from 1 to the population of ${populationSize}, got ${cohortSize}`,
    );
  }
  return {
    name: 'uniform',
    sample: (round, seed) => {
      const random = generator(deriveSeed(seed, 'cohort', round));
      // The first steps of a Fisher–Yates shuffle, of which only the moved places are stored.
      const moved = new Map<number, number>();
      return Array.from({ length: cohortSize }, (_, place) => {
        const other = place + random.below(populationSize - place);
        const client = moved.get(other) ?? other;
        moved.set(other, moved.get(place) ?? place);
        return client;
      });
    },
  };
}
