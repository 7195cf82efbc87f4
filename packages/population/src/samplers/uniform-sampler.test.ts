import { seedFrom } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { samplerContract } from './contract.js';
import { uniformSampler } from './uniform-sampler.js';

describe('uniformSampler', () => {
  it('samples another cohort in another round and for another seed', () => {
    const sampler = uniformSampler({ populationSize: 100, cohortSize: 10 });
    expect(sampler.sample(1, seedFrom(1))).not.toEqual(sampler.sample(2, seedFrom(1)));
    expect(sampler.sample(1, seedFrom(1))).not.toEqual(sampler.sample(1, seedFrom(2)));
  });

  it('samples everyone when the cohort is the population', () => {
    const cohort = uniformSampler({ populationSize: 5, cohortSize: 5 }).sample(1, seedFrom(1));
    expect([...cohort].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('chooses every client, and every ordered pair, equally often', () => {
    // 3 clients, cohorts of 2: 6 ordered pairs, each 1/6. In 6,000 rounds: 1,000 ± 29 (√(6000 · 1/6 · 5/6));
    // 150 is five standard deviations.
    const sampler = uniformSampler({ populationSize: 3, cohortSize: 2 });
    const counts = new Map<string, number>();
    for (let round = 0; round < 6_000; round++) {
      const key = sampler.sample(round, seedFrom(11)).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('samples from a population of a thousand million', () => {
    const cohort = uniformSampler({ populationSize: 1e9, cohortSize: 100 }).sample(1, seedFrom(1));
    expect(new Set(cohort).size).toBe(100);
  });

  it('throws when the cohort is larger than the population', () => {
    expect(() => uniformSampler({ populationSize: 4, cohortSize: 5 })).toThrow(
      'cohortSize must be from 1 to the population of 4, got 5',
    );
  });

  samplerContract('uniformSampler', uniformSampler({ populationSize: 50, cohortSize: 7 }), 50);
});
