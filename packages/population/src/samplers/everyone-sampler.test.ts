import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { samplerContract } from './contract.js';
import { everyoneSampler } from './everyone-sampler.js';

describe('everyoneSampler', () => {
  test('gives all clients, in their order', () => {
    const cohort = everyoneSampler().sample({ round: 3, seed: seedFrom(1), populationSize: 4 });
    expect(cohort).toEqual([0, 1, 2, 3]);
  });

  samplerContract('everyoneSampler', everyoneSampler(), { sizes: [50, 1], isSeeded: false });
});
