import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { samplerContract } from './contract.js';
import { roundRobinSampler } from './round-robin-sampler.js';

const cohorts = (
  options: Parameters<typeof roundRobinSampler>[0],
  populationSize: number,
  rounds: number,
) => {
  const sampler = roundRobinSampler(options);
  return Array.from({ length: rounds }, (_, index) =>
    sampler.sample({ round: index + 1, seed: seedFrom(1), populationSize }),
  );
};

describe('roundRobinSampler', () => {
  test('gives clients in turn, and begins again where the last round ended', () => {
    expect(cohorts({ cohortSize: 2, shuffled: false }, 5, 4)).toEqual([
      [0, 1],
      [2, 3],
      [4, 0],
      [1, 2],
    ]);
  });

  test('gives everybody once before anybody a second time, in an order that the seed decides', () => {
    const turns = cohorts({ cohortSize: 5 }, 20, 8);
    const first = turns.slice(0, 4).flat();
    expect([...first].sort((one, other) => one - other)).toEqual([...new Array(20).keys()]);
    expect(first).not.toEqual([...new Array(20).keys()]);
    expect(turns.slice(4).flat()).toEqual(first);
  });

  test('tells how many rounds lie between two turns of a client', () => {
    // 3 of 10: turns are 10/3 rounds apart, that is 3 or 4.
    expect(roundRobinSampler({ cohortSize: 3 }).participation!(10).minRoundsBetween).toBe(3);
  });

  test('throws when the cohort is larger than the population', () => {
    expect(() => cohorts({ cohortSize: 5 }, 4, 1)).toThrow(
      'cohortSize must be from 1 to the population of 4, got 5',
    );
  });

  samplerContract('roundRobinSampler', roundRobinSampler({ cohortSize: 7 }));
  samplerContract('roundRobinSampler in order', roundRobinSampler({ cohortSize: 7, shuffled: false }), {
    isSeeded: false,
  });
});
