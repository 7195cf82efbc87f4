// What a sampler tells of who takes part, for accountants of privacy: one that tells nothing amplifies nothing.
import { numberWithin } from '@starling/federated-core/plan';
import type { CohortSampler, Participation } from './sampler.js';
import { samplerKind } from './sampler-kind.js';

/** The sampler's own answer; for one that has none, that anybody may take part in every round. */
export function participationOf(sampler: CohortSampler, populationSize: number): Participation {
  samplerKind('Cannot tell who takes part', 'sampler', sampler);
  numberWithin({ whole: true, from: 0 })('Cannot tell who takes part', 'populationSize', populationSize);
  return sampler.participation?.(populationSize) ?? notRandom(populationSize);
}

/** What can be said where sampling gives no privacy. */
export function notRandom(cohortSize: number, minRoundsBetween = 1): Participation {
  return { scheme: 'none', probability: 1, expectedCohortSize: cohortSize, minRoundsBetween };
}
