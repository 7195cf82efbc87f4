import { EmptyAggregateError, float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
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

  aggregatorContract('meanAggregator', meanAggregator);
  aggregatorContract('meanAggregator without weights', () => meanAggregator({ weighted: false }));
});
