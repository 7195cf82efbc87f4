import { EmptyAggregateError, float32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { clipped } from './clipped.js';
import { zeroed } from './zeroed.js';

describe('zeroed', () => {
  test('leaves out an update with an element beyond the bound', async () => {
    // (1, −11) is beyond 10 and has no weight; the mean is that of (2, 4) alone.
    const aggregator = zeroed(meanAggregator(), { bound: 10 });
    const { result, measurements } = await aggregate(aggregator, {
      update: float32(2),
      values: [
        [1, -11],
        [2, 4],
      ],
    });
    expect([...(result as unknown as { readonly data: Float32Array }).data]).toEqual([2, 4]);
    expect(measurements).toEqual({ zeroed: 1, inner: {} });
  });

  test('leaves out an update that is not finite', async () => {
    const aggregator = zeroed(meanAggregator(), { bound: 10 });
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 3];
    const { result, measurements } = await aggregate(aggregator, { update: float32(), values });
    expect(result).toBe(3);
    expect(measurements).toEqual({ zeroed: 2, inner: {} });
  });

  test('wraps another wrapper', async () => {
    // 100 is zeroed, 8 is clipped to 4: (0 · 0 + 1 · 4) / 1.
    const aggregator = zeroed(clipped(meanAggregator(), { clipNorm: 4 }), { bound: 10 });
    const { result, measurements } = await aggregate(aggregator, { update: float32(), values: [100, 8] });
    expect(result).toBeCloseTo(4, 4); // within the bound, rounding included
    expect(measurements).toEqual({ zeroed: 1, inner: { clipped: 1, inner: {} } });
  });

  // 100 is beyond 10. Of 2, 4 and 100 with weights 1, 1 and 2:
  const means = [
    // (2 + 4) / 2: the third client is out, whatever the mean.
    ['exclude', true, 3],
    ['exclude', false, 3],
    // (1 · 2 + 1 · 4 + 2 · 0) / (1 + 1 + 2).
    ['count-as-zero', true, 1.5],
    // (2 + 4 + 0) / 3.
    ['count-as-zero', false, 2],
  ] as const;
  test.each(means)(
    'under %s counts a zeroed client so in a mean with weighted: %s',
    async (when, weighted, mean) => {
      const aggregator = zeroed(meanAggregator({ weighted }), { bound: 10, whenZeroed: when });
      const { result, measurements } = await aggregate(aggregator, {
        update: float32(),
        values: [2, 4, 100],
        weights: [1, 1, 2],
      });
      expect(result).toBe(mean);
      expect(measurements).toEqual({ zeroed: 1, inner: {} });
    },
  );

  test('fails the round when every client is excluded, and gives zero when they count', async () => {
    const mean = meanAggregator();
    await expect(
      aggregate(zeroed(mean, { bound: 1 }), { update: float32(), values: [5, 9] }),
    ).rejects.toThrow(EmptyAggregateError);
    const counting = zeroed(mean, { bound: 1, whenZeroed: 'count-as-zero' });
    expect((await aggregate(counting, { update: float32(), values: [5, 9] })).result).toBe(0);
  });

  test('takes updates without a tensor, all of which are within the bound', async () => {
    const { result, measurements } = await aggregate(zeroed(sumAggregator(), { bound: 1 }), {
      update: struct({}),
      values: [{}, {}],
    });
    expect(result).toEqual({});
    expect(measurements).toEqual({ zeroed: 0, inner: {} });
  });

  test('throws when it is to do something else with a zeroed client', () => {
    expect(() => zeroed(meanAggregator(), { bound: 1, whenZeroed: 'drop' as 'exclude' })).toThrow(
      "Cannot zero updates: whenZeroed must be 'exclude' or 'count-as-zero', got 'drop'",
    );
  });

  aggregatorContract('zeroed', () => zeroed(meanAggregator(), { bound: 10 }));
});
