import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { dayAndNight } from './availability.js';
import { availableSampler } from './available-sampler.js';
import { everyoneSampler } from './everyone-sampler.js';
import { poissonSampler } from './poisson-sampler.js';
import { powerOfChoiceSampler } from './power-of-choice-sampler.js';
import { roundRobinSampler } from './round-robin-sampler.js';
import type { CohortSampler } from './sampler.js';
import { uniformSampler } from './uniform-sampler.js';
import { weightedSampler } from './weighted-sampler.js';

const samplers: readonly CohortSampler[] = [
  availableSampler({ cohortSize: 2, availability: dayAndNight() }),
  everyoneSampler(),
  poissonSampler({ probability: 0.5 }),
  powerOfChoiceSampler({ cohortSize: 1, candidates: 2, watches: 'loss' }),
  roundRobinSampler({ cohortSize: 2 }),
  uniformSampler({ cohortSize: 2 }),
  weightedSampler({ cohortSize: 2, weightOf: () => 1 }),
];

describe.each(samplers.map((sampler) => [sampler.name, sampler] as const))(
  '`askedFor` of %s',
  (_, sampler) => {
    const whole = { round: 1, seed: seedFrom(1), populationSize: 3 };
    const need = 'Cannot sample a cohort: need a request { round, seed, populationSize }';

    test('refuses a round in place of a request', () => {
      expect(() => sampler.sample(1 as never)).toThrow(`${need}, got 1. Write sample({ round: 1,`);
    });

    test.each([
      [{ round: '1' }, "round a whole number, got '1'"],
      [
        { populationSize: undefined },
        'populationSize a whole number >= 0, such as population.size, got undefined',
      ],
    ])('refuses a request with %o', (wrong, words) => {
      expect(() => sampler.sample({ ...whole, ...wrong } as never)).toThrow(`${need}, ${words}`);
    });
  },
);
