// The contract suite of cohort samplers: each one's test calls it.
import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { checkCohort } from './check-cohort.js';
import { participationOf } from './participation-of.js';
import type { CohortSampler } from './sampler.js';

export interface SamplerContractOptions {
  /** Sizes of populations; the first is small. Default 50 and a thousand million. */
  readonly sizes?: readonly number[];
  /** Whether the seed decides anything. Default true. */
  readonly isSeeded?: boolean;
}

/** Rounds whose cohorts are counted. */
const ROUNDS = 400;

/**
 * Tests a sampler on a population of 50 clients and on one of a thousand million. Call it at the top of a test file,
 * for a sampler of your own too:
 *
 *     import { samplerContract } from '@starling/population/contract';
 *     import { oldestFirst } from './oldest-first.js';
 *
 *     samplerContract('oldestFirst', oldestFirst({ cohortSize: 7 }));
 */
export function samplerContract(
  name: string,
  sampler: CohortSampler,
  { sizes = [50, 1e9], isSeeded = true }: SamplerContractOptions = {},
): void {
  const populationSize = sizes[0] as number;
  const cohortOf = (round: number, seed = 4): readonly number[] =>
    sampler.sample({ round, seed: seedFrom(seed), populationSize, lastReports: { of: () => undefined } });
  const cohorts = (seed: number): readonly (readonly number[])[] =>
    Array.from({ length: 20 }, (_, index) => cohortOf(index + 1, seed));

  describe(`${name} keeps the sampler contract`, () => {
    test.each(sizes)('samples clients of a population of %i without repetition', (size) => {
      for (let round = 1; round <= 20; round++) {
        const request = {
          round,
          seed: seedFrom(4),
          populationSize: size,
          lastReports: { of: () => undefined },
        };
        checkCohort(sampler.sample(request), { name, size, clientId: String });
      }
    });

    test('gives the same cohort for the same round and seed, whatever was asked before', () => {
      const third = cohortOf(3);
      cohortOf(1);
      cohortOf(2, 5);
      expect(cohortOf(3)).toEqual(third);
    });

    test(`gives ${isSeeded ? 'other' : 'the same'} cohorts for another seed`, () => {
      if (isSeeded) expect(cohorts(4)).not.toEqual(cohorts(5));
      else expect(cohorts(4)).toEqual(cohorts(5));
    });

    test.each(sizes)('tells how likely a client of %i is to take part', (size) => {
      const told = participationOf(sampler, size);
      expect(told.probability).toBeGreaterThan(0);
      expect(told.probability).toBeLessThanOrEqual(1);
      expect(told.minRoundsBetween).toBeGreaterThanOrEqual(1);
      expect(told.expectedCohortSize).toBeGreaterThan(0);
      if (told.scheme === 'none') expect(told.probability).toBe(1);
      else expect(told.expectedCohortSize / size).toBeCloseTo(told.probability, 12);
      expect(JSON.parse(JSON.stringify(told))).toEqual(told); // plain data
    });

    test('lets no client take part more often than it tells', () => {
      const { scheme, probability, expectedCohortSize, minRoundsBetween } = participationOf(
        sampler,
        populationSize,
      );
      const counts = new Array<number>(populationSize).fill(0);
      const last = new Array<number>(populationSize).fill(Number.NEGATIVE_INFINITY);
      let total = 0;
      for (let round = 1; round <= ROUNDS; round++) {
        const cohort = cohortOf(round);
        total += cohort.length;
        if (scheme === 'fixed-size') expect(cohort.length).toBe(expectedCohortSize);
        if (scheme === 'none') expect(cohort.length).toBeLessThanOrEqual(expectedCohortSize);
        for (const client of cohort) {
          expect(round - last[client]!).toBeGreaterThanOrEqual(minRoundsBetween);
          counts[client]!++;
          last[client] = round;
        }
      }
      // Counts are binomial where sampling is random: five standard deviations.
      const deviation = Math.sqrt(ROUNDS * probability * (1 - probability));
      for (const count of counts) expect(count).toBeLessThanOrEqual(ROUNDS * probability + 5 * deviation);
      if (scheme === 'poisson') {
        const spread = Math.sqrt(ROUNDS * populationSize * probability * (1 - probability));
        expect(Math.abs(total - ROUNDS * expectedCohortSize)).toBeLessThanOrEqual(5 * spread);
      }
    });
  });
}
