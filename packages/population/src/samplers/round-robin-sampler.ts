// Clients in turn, each as often as any other. The rounds between two turns of a client are what mechanisms with
// correlated noise need to know (Kairouz, McMahan, Song, Thakkar, Thakurta, Xu, "Practical and Private (Deep) Learning
// without Sampling or Shuffling", ICML 2021).
import { deriveSeed } from '@starling/federated-core';
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import { seededOrder } from '../draws/seeded-order.js';
import { askedFor } from './asked-for.js';
import { cohortSizeCheck } from './cohort-size.js';
import { notRandom } from './participation-of.js';
import type { CohortSampler } from './sampler.js';

export interface RoundRobinSamplerOptions {
  readonly cohortSize: number;
  /** Whether the turns are in an order that the seed decides (the default), or in that of the clients. */
  readonly shuffled?: boolean;
}

/**
 * The next `cohortSize` clients of one order that stays for the whole run, and then from its beginning again. Nothing
 * is stored, however many clients there are. Throws as `uniformSampler` does.
 */
export function roundRobinSampler(options: RoundRobinSamplerOptions): CohortSampler {
  checkOptions('Cannot sample in turn', options, { cohortSize: required(count), shuffled: kinds.flag });
  const { cohortSize, shuffled = true } = options;
  const checkSize = cohortSizeCheck(cohortSize);
  return {
    name: 'round-robin',
    sample: askedFor(({ round, seed, populationSize }) => {
      checkSize(populationSize);
      const at = shuffled ? seededOrder(populationSize, deriveSeed(seed, 'turns')) : (place: number) => place;
      const begin = ((round - 1) * cohortSize) % populationSize;
      return Array.from({ length: cohortSize }, (_, place) => at((begin + place) % populationSize));
    }),
    participation: (populationSize) =>
      notRandom(cohortSize, Math.max(1, Math.floor(populationSize / cohortSize))),
  };
}
