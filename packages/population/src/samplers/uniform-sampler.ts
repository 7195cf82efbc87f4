// Uniform cohort sampling: each round, every set of clients of the cohort's size is equally likely. The S_t of
// FedAvg (McMahan et al., AISTATS 2017, Algorithm 1).
import { deriveSeed, generator } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { firstDistinct } from '../draws/distinct.js';
import { askedFor } from './asked-for.js';
import { cohortSizeCheck } from './cohort-size.js';
import type { CohortSampler } from './sampler.js';

/**
 * Samples `cohortSize` of the population's clients without replacement, anew each round. Time and memory grow with the
 * cohort, not with the population. Throws a `RangeError` unless `cohortSize` is a whole number of at least 1; a run
 * whose population is smaller ends with a `CohortError` before its first round.
 */
export function uniformSampler(options: { readonly cohortSize: number }): CohortSampler {
  checkOptions('Cannot sample cohorts', options, { cohortSize: required(count) });
  const { cohortSize } = options;
  const checkSize = cohortSizeCheck(cohortSize);
  return {
    name: 'uniform',
    sample: askedFor(({ round, seed, populationSize }) => {
      checkSize(populationSize);
      return firstDistinct(populationSize, cohortSize, generator(deriveSeed(seed, 'cohort', round)));
    }),
    participation: (populationSize) => ({
      scheme: 'fixed-size',
      probability: Math.min(1, cohortSize / populationSize),
      expectedCohortSize: cohortSize,
      minRoundsBetween: 1,
    }),
  };
}
