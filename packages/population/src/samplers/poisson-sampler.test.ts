import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { CohortError } from './check-cohort.js';
import { samplerContract } from './contract.js';
import { poissonSampler } from './poisson-sampler.js';

const cohortsOf = (options: Parameters<typeof poissonSampler>[0], populationSize: number, rounds: number) => {
  const sampler = poissonSampler(options);
  return Array.from({ length: rounds }, (_, index) =>
    sampler.sample({ round: index + 1, seed: seedFrom(1), populationSize }),
  );
};

describe('poissonSampler', () => {
  test('lets every client take part by itself: single clients, pairs and sizes are as often as they are to be', () => {
    // q = 0.3, 4 clients, 10,000 rounds. One client: 3,000 ± 46. Two together: 900 ± 29. Nobody: 0.7⁴ = 0.2401, 2,401 ±
    // 43. Five standard deviations each.
    const cohorts = cohortsOf({ probability: 0.3 }, 4, 10_000);
    for (const client of [0, 1, 2, 3]) {
      const count = cohorts.filter((cohort) => cohort.includes(client)).length;
      expect(Math.abs(count - 3_000)).toBeLessThan(230);
    }
    for (const [one, other] of [
      [0, 1],
      [1, 3],
    ] as const) {
      const count = cohorts.filter((cohort) => cohort.includes(one) && cohort.includes(other)).length;
      expect(Math.abs(count - 900)).toBeLessThan(145);
    }
    expect(Math.abs(cohorts.filter(({ length }) => length === 0).length - 2_401)).toBeLessThan(215);
  });

  test('has cohorts whose size has the mean and variance of a binomial distribution', () => {
    // n = 1,000, q = 0.02: 20 and 19.6. 2,000 rounds: the mean ± 0.1, the variance ± 19.6 √(2 / 2,000) = 0.62.
    const sizes = cohortsOf({ expectedCohortSize: 20 }, 1_000, 2_000).map(({ length }) => length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
    expect(Math.abs(mean - 20)).toBeLessThan(0.5);
    expect(Math.abs(variance - 19.6)).toBeLessThan(3.1);
  });

  test('gives everybody when the probability is 1, and tells q as data', () => {
    expect(cohortsOf({ probability: 1 }, 3, 1)).toEqual([[0, 1, 2]]);
    expect(poissonSampler({ expectedCohortSize: 100 }).participation!(10_000)).toEqual({
      scheme: 'poisson',
      probability: 0.01,
      expectedCohortSize: 100,
      minRoundsBetween: 1,
    });
  });

  test('throws when options are both given, neither, out of range or too many for the population', () => {
    expect(() => poissonSampler({})).toThrow('need probability or expectedCohortSize, got neither');
    expect(() => poissonSampler({ probability: 0.5, expectedCohortSize: 5 })).toThrow('got 0.5 and 5');
    for (const probability of [0, -0.1, 1.1, Number.NaN])
      expect(() => poissonSampler({ probability })).toThrow(RangeError);
    expect(() => cohortsOf({ expectedCohortSize: 5 }, 4, 1)).toThrow(CohortError);
  });

  samplerContract('poissonSampler', poissonSampler({ expectedCohortSize: 7 }));
  samplerContract('poissonSampler by probability', poissonSampler({ probability: 0.9 }), {
    sizes: [50, 1_000],
  });
});
