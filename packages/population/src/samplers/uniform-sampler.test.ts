import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { CohortError } from './check-cohort.js';
import { samplerContract } from './contract.js';
import { uniformSampler } from './uniform-sampler.js';

const first = { round: 1, seed: seedFrom(1) };

describe('uniformSampler', () => {
  test('samples another cohort in another round and for another seed', () => {
    const sampler = uniformSampler({ cohortSize: 10 });
    const sample = (round: number, seed: number) =>
      sampler.sample({ round, seed: seedFrom(seed), populationSize: 100 });
    expect(sample(1, 1)).not.toEqual(sample(2, 1));
    expect(sample(1, 1)).not.toEqual(sample(1, 2));
  });

  test('samples everyone when the cohort is the population', () => {
    const cohort = uniformSampler({ cohortSize: 5 }).sample({ ...first, populationSize: 5 });
    expect([...cohort].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test('chooses every client, and every ordered pair, equally often', () => {
    // 3 clients, cohorts of 2: 6 ordered pairs, each 1/6. In 6,000 rounds: 1,000 ± 29 (√(6000 · 1/6 · 5/6));
    // 150 is five standard deviations.
    const sampler = uniformSampler({ cohortSize: 2 });
    const counts = new Map<string, number>();
    for (let round = 0; round < 6_000; round++) {
      const key = sampler.sample({ round, seed: seedFrom(11), populationSize: 3 }).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('samples from a population of a thousand million', () => {
    const cohort = uniformSampler({ cohortSize: 100 }).sample({ ...first, populationSize: 1e9 });
    expect(new Set(cohort).size).toBe(100);
  });

  test('throws when the cohort is larger than the population', () => {
    const sampler = uniformSampler({ cohortSize: 5 });
    const sample = () => sampler.sample({ ...first, populationSize: 4 });
    expect(sample).toThrow('cohortSize must be from 1 to the population of 4, got 5');
    expect(sample).toThrow(CohortError);
  });

  test('throws when the size of the cohort is not a whole number of at least 1', () => {
    for (const cohortSize of [0, -1, 1.5, Number.NaN]) {
      expect(() => uniformSampler({ cohortSize })).toThrow(RangeError);
    }
  });

  test('tells its probability as data', () => {
    expect(uniformSampler({ cohortSize: 5 }).participation!(40)).toEqual({
      scheme: 'fixed-size',
      probability: 0.125,
      expectedCohortSize: 5,
      minRoundsBetween: 1,
    });
  });

  samplerContract('uniformSampler', uniformSampler({ cohortSize: 7 }));
});
