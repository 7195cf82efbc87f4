// Everybody in every round, as in a federation of a few hospitals.
import { checkOptions } from '@starling/federated-core/plan';
import { askedFor } from './asked-for.js';
import type { CohortSampler } from './sampler.js';

/** All clients, in their order. Time and memory grow with the population. */
export function everyoneSampler(options: Readonly<Record<never, never>> = {}): CohortSampler {
  checkOptions('Cannot sample everyone', options, {});
  return {
    name: 'everyone',
    sample: askedFor(({ populationSize }) => Array.from({ length: populationSize }, (_, client) => client)),
    participation: (populationSize) => ({
      scheme: 'fixed-size',
      probability: 1,
      expectedCohortSize: populationSize,
      minRoundsBetween: 1,
    }),
  };
}
