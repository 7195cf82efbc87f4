import { EmptyAggregateError, float32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract, wrapperContract } from '../aggregator/contract.js';
import { quantileEstimate } from '../estimates/quantile-estimate.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { clipped } from './clipped.js';
import { zeroed } from './zeroed.js';

describe('zeroed', () => {
  test('leaves out an update with an element beyond the bound', async () => {
    // (1, −11) is beyond 10 and has no weight; the mean is that of (2, 4) alone.
    const aggregator = zeroed(meanAggregator(), { norm: 10 });
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
    const aggregator = zeroed(meanAggregator(), { norm: 10 });
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 3];
    const { result, measurements } = await aggregate(aggregator, { update: float32(), values });
    expect(result).toBe(3);
    expect(measurements).toEqual({ zeroed: 2, inner: {} });
  });

  test('wraps another wrapper', async () => {
    // 100 is zeroed, 8 is clipped to 4: (0 · 0 + 1 · 4) / 1.
    const aggregator = zeroed(clipped(meanAggregator(), { norm: 4 }), { norm: 10 });
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
      const aggregator = zeroed(meanAggregator({ weighted }), { norm: 10, whenZeroed: when });
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
    await expect(aggregate(zeroed(mean, { norm: 1 }), { update: float32(), values: [5, 9] })).rejects.toThrow(
      EmptyAggregateError,
    );
    const counting = zeroed(mean, { norm: 1, whenZeroed: 'count-as-zero' });
    expect((await aggregate(counting, { update: float32(), values: [5, 9] })).result).toBe(0);
  });

  test('takes updates without a tensor, all of which are within the bound', async () => {
    const { result, measurements } = await aggregate(zeroed(sumAggregator(), { norm: 1 }), {
      update: struct({}),
      values: [{}, {}],
    });
    expect(result).toEqual({});
    expect(measurements).toEqual({ zeroed: 0, inner: {} });
  });

  test('throws when it is to do something else with a zeroed client', () => {
    expect(() => zeroed(meanAggregator(), { norm: 1, whenZeroed: 'drop' as 'exclude' })).toThrow(
      "Cannot zero updates: whenZeroed must be 'exclude' or 'count-as-zero', got 'drop'",
    );
  });

  test('zeroes what is beyond a bound in a sum', async () => {
    // Above 2 of 1, 2, 5: 1 + 2 = 3, one of them zeroed.
    const { result, measurements } = await aggregate(zeroed(sumAggregator(), { norm: 2 }), {
      update: float32(),
      values: [1, 2, 5],
    });
    expect({ result, measurements }).toEqual({ result: 3, measurements: { zeroed: 1, inner: {} } });
  });

  // (3, −4) has norms 7, 5 and 4.
  test.each([
    [1, 6.9, 7],
    [2, 4.9, 5],
    ['max', 3.9, 4],
  ] as const)('goes by the norm of order %s', async (order, below, norm) => {
    for (const [bound, zeroes] of [
      [below, 1],
      [norm, 0],
    ] as const) {
      const aggregator = zeroed(sumAggregator(), { norm: bound, order });
      const { measurements } = await aggregate(aggregator, { update: float32(2), values: [[3, -4]] });
      expect(measurements).toEqual({ zeroed: zeroes, inner: {} });
    }
  });

  test('follows a quantile of the norms when its bound is an estimate', async () => {
    // Bound 2 · 10 + 1 = 21: of 5, 20 and 22 the last is beyond. At most 10 is one of three, so that 10 becomes
    // 10 · exp(−ln 10 · (1/3 − 0.98)).
    const norm = quantileEstimate({
      initial: 10,
      target: 0.98,
      learningRate: Math.log(10),
      multiplier: 2,
      increment: 1,
    });
    const step = await aggregate(zeroed(sumAggregator(), { norm }), {
      update: float32(),
      values: [5, 20, 22],
    });
    expect(step.result).toBe(25);
    expect(step.measurements).toMatchObject({ norm: 21, zeroed: 1 });
    const { norm: next } = step.state as unknown as { readonly norm: number };
    expect(next / (10 * 10 ** (0.98 - 1 / 3))).toBeCloseTo(1, 5);
  });

  test('throws when the order is of no norm there is', () => {
    expect(() => zeroed(meanAggregator(), { norm: 1, order: Number.POSITIVE_INFINITY as 1 })).toThrow(
      "Cannot zero updates: order must be 1, 2 or 'max', got Infinity",
    );
  });

  aggregatorContract('zeroed', () => zeroed(meanAggregator(), { norm: 10 }));
});
wrapperContract('zeroed', (inner) => zeroed(inner, { norm: 100 }));
wrapperContract('zeroed by an estimate', (inner) =>
  zeroed(inner, { norm: quantileEstimate({ initial: 100, target: 0.5, learningRate: 0.2 }) }),
);
