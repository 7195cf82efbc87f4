// Cohorts of those who are there: rounds at hours, and clients by night or by a file.
import { deriveSeed, generator } from '@starling/federated-core';
import {
  checkOptions,
  count,
  hasMethods,
  numberWithin,
  ofKind,
  required,
} from '@starling/federated-core/plan';
import { distinct } from '../draws/distinct.js';
import { askedFor } from './asked-for.js';
import type { Availability } from './availability.js';
import { notRandom } from './participation-of.js';
import type { CohortSampler } from './sampler.js';

export interface AvailableSamplerOptions {
  readonly cohortSize: number;
  /** Who is there when: `dayAndNight`, `availabilityTrace` or your own. */
  readonly availability: Availability;
  /** Hours from one round to the next, above 0. Default 1. */
  readonly hoursPerRound?: number;
  /** The hour of the first round. Default 0. */
  readonly firstHour?: number;
}

/**
 * Draws `cohortSize` of the clients that are there at the round's hour, every set of them equally likely; all of them
 * if they are fewer, and nobody if nobody is there. Asks clients in random order until it has enough: a round costs
 * what the cohort costs while many are there, and at most what the population costs. Throws a `RangeError` for options
 * out of their range.
 */
export function availableSampler(options: AvailableSamplerOptions): CohortSampler {
  checkOptions('Cannot sample who is there', options, {
    cohortSize: required(count),
    availability: required(
      ofKind({
        need: 'an availability, such as dayAndNight()',
        fits: (value) => hasMethods(value, ['isThere']),
      }),
    ),
    hoursPerRound: numberWithin({ above: 0 }),
    firstHour: numberWithin({ from: 0 }),
  });
  const { cohortSize, availability, hoursPerRound = 1, firstHour = 0 } = options;
  return {
    name: `available/${availability.name}`,
    sample: askedFor(({ round, seed, populationSize }) => {
      const hour = firstHour + (round - 1) * hoursPerRound;
      const cohort: number[] = [];
      for (const client of distinct(populationSize, generator(deriveSeed(seed, 'cohort', round)))) {
        if (!availability.isThere(client, hour, seed)) continue;
        cohort.push(client);
        if (cohort.length === cohortSize) break;
      }
      return cohort;
    }),
    participation: () => notRandom(cohortSize),
  };
}
