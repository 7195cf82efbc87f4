import { EmptyAggregateError, float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract, wrapperContract } from '../aggregator/contract.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { clipped } from '../wrappers/clipped.js';
import { meanAggregator } from './mean-aggregator.js';

describe('meanAggregator', () => {
  test('averages updates by their weights', async () => {
    // (1 · 3 + 2 · 2 + 3 · 1) / 6 = 10 / 6.
    const { result } = await aggregate(meanAggregator(), {
      update: float32(),
      values: [1, 2, 3],
      weights: [3, 2, 1],
    });
    expect(result).toBeCloseTo(10 / 6, 6);
  });

  test('averages updates all the same when it is not weighted', async () => {
    const { result } = await aggregate(meanAggregator({ weighted: false }), {
      update: float32(),
      values: [1, 2, 3],
      weights: [3, 2, 1],
    });
    expect(result).toBe(2);
  });

  test('counts nothing of a weight of 0 when it is not weighted either', async () => {
    // (1 + 2) / 2: the third has no weight.
    const { result } = await aggregate(meanAggregator({ weighted: false }), {
      update: float32(),
      values: [1, 2, 6],
      weights: [3, 0.5, 0],
    });
    expect(result).toBe(1.5);
  });

  test.each([-1, Number.NaN])(
    'refuses a client of weight %d when it is not weighted either',
    async (weight) => {
      const aggregator = meanAggregator({ weighted: false });
      const { result } = await aggregate(aggregator, {
        update: float32(),
        values: [1, 2, 6],
        weights: [1, 1, weight],
      });
      expect(result).toBe(1.5);
    },
  );

  test('throws when the weights add up to zero', async () => {
    await expect(
      aggregate(meanAggregator(), { update: float32(), values: [1, 2], weights: [0, 0] }),
    ).rejects.toThrow(EmptyAggregateError);
  });

  test('divides a sum of values by one of weights when it is given sums', async () => {
    // (1 · 3 + 2 · 2 + 6 · 1) / 6 = 13 / 6; all the same: 9 / 3, and 3 / 2 without the third.
    const sums = { valueSum: sumAggregator(), weightSum: sumAggregator() };
    const cohort = { update: float32(), values: [1, 2, 6], weights: [3, 2, 1] };
    expect((await aggregate(meanAggregator(sums), cohort)).result).toBeCloseTo(13 / 6, 6);
    const plain = meanAggregator({ ...sums, weighted: false });
    expect((await aggregate(plain, cohort)).result).toBe(3);
    expect((await aggregate(plain, { ...cohort, weights: [3, 2, 0] })).result).toBe(1.5);
  });

  test('clips values times weights when the sum of values does', async () => {
    // 1 · 3 is clipped to 2; 2 · 1 and 1 · 1 are not: (2 + 2 + 1) / 5 = 1.
    const valueSum = clipped(sumAggregator(), { norm: 2 });
    const { result, measurements } = await aggregate(meanAggregator({ valueSum }), {
      update: float32(),
      values: [1, 2, 1],
      weights: [3, 1, 1],
    });
    expect(result).toBeCloseTo(1, 4);
    expect(measurements).toEqual({ values: { clipped: 1, inner: {} }, weights: {} });
  });

  test('declares what its sums reveal', () => {
    const mean = meanAggregator({ valueSum: { ...sumAggregator(), reveals: 'sample' } });
    expect([meanAggregator().reveals, mean.reveals]).toEqual(['sums', 'sample']);
  });

  aggregatorContract('meanAggregator', meanAggregator);
  aggregatorContract('meanAggregator of sums', () =>
    meanAggregator({ valueSum: sumAggregator(), weightSum: sumAggregator() }),
  );
  aggregatorContract('meanAggregator without weights', () => meanAggregator({ weighted: false }));
});
wrapperContract('meanAggregator of the sum of values', (valueSum) => meanAggregator({ valueSum }));
wrapperContract('meanAggregator of the sum of weights', (weightSum) => meanAggregator({ weightSum }));
