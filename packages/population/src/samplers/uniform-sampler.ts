// Uniform cohort sampling: each round, every set of clients of the cohort's size is equally likely. The S_t of
// FedAvg (McMahan et al., AISTATS 2017, Algorithm 1).
import { deriveSeed, generator } from '@starling/federated-core';
import { checkNumber, MAX_COUNT } from '@starling/federated-core/plan';
import { CohortError } from './check-cohort.js';
import type { CohortSampler } from './sampler.js';

/**
 * Samples `cohortSize` of the population's clients without replacement, anew each round. Time and memory grow with the
 * cohort, not with the population. Throws a `RangeError` unless `cohortSize` is a whole number of at least 1; a run
 * whose population is smaller ends with a `CohortError` before its first round.
 */
export function uniformSampler({ cohortSize }: { readonly cohortSize: number }): CohortSampler {
  checkNumber('Cannot sample cohorts', 'cohortSize', cohortSize, { whole: true, from: 1, to: MAX_COUNT });
  return {
    name: 'uniform',
    sample: ({ round, seed, populationSize }) => {
      if (cohortSize > populationSize) {
        throw new CohortError(
          `Cannot sample a cohort: cohortSize must be from 1 to the population of ${populationSize}, got ${cohortSize}`,
        );
      }
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
