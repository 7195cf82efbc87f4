import { float32, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract, wrapperContract } from '../aggregator/contract.js';
import { quantileEstimate } from '../estimates/quantile-estimate.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { clipped } from './clipped.js';

describe('clipped', () => {
  test('shortens an update to the norm over all its tensors, and counts it', async () => {
    // (3, 4) has norm 5 and becomes (0.6, 0.8); (0.3, 0.4) has norm 0.5 and stays. Mean: (0.45, 0.6).
    const update = struct({ a: float32(), b: float32() });
    const values = [
      { a: 3, b: 4 },
      { a: 0.3, b: 0.4 },
    ];
    const { result, measurements } = await aggregate(clipped(meanAggregator(), { norm: 1 }), {
      update,
      values,
    });
    const { a, b } = result as unknown as { readonly a: number; readonly b: number };
    expect(a).toBeCloseTo(0.45, 6);
    expect(b).toBeCloseTo(0.6, 6);
    expect(measurements).toEqual({ clipped: 1, inner: {} });
  });

  test('throws when the norm is out of its range', () => {
    expect(() => clipped(meanAggregator(), { norm: 0 })).toThrow(
      'Cannot clip updates: norm must be a finite number from 1e-30 to 1e+38, got 0',
    );
  });

  test('shortens finite updates whose squares overflow, and does not add up to more than the bound of each', async () => {
    // Norms 2e20 and 3e38 · √3, which is beyond float32 itself: each becomes an update of norm 1.
    const values = [
      [2e20, 0, 0],
      [3e38, 3e38, 3e38],
    ];
    const { result, measurements } = await aggregate(clipped(sumAggregator(), { norm: 1 }), {
      update: float32(3),
      values: values.map((value) => tensor('float32', [3], Float32Array.from(value))),
    });
    const { data } = result as unknown as { readonly data: Float32Array };
    expect(data[0]).toBeCloseTo(1 + Math.sqrt(1 / 3), 5);
    expect(data[1]).toBeCloseTo(Math.sqrt(1 / 3), 5);
    expect(measurements).toEqual({ clipped: 2, inner: {} });
  });

  test('clips numbers at a bound in sums and weighted means', async () => {
    // At 2 of 1, 3, 5: 1 + 2 + 2 = 5, two of them clipped; by weights 1, 2, 1: (1 + 2 · 2 + 2) / 4 = 7/4.
    const cohort = { update: float32(), values: [1, 3, 5], weights: [1, 2, 1] };
    const sum = await aggregate(clipped(sumAggregator(), { norm: 2 }), cohort);
    expect(sum.result).toBeCloseTo(5, 4); // within the bound, rounding included
    expect(sum.measurements).toEqual({ clipped: 2, inner: {} });
    expect((await aggregate(clipped(meanAggregator(), { norm: 2 }), cohort)).result).toBeCloseTo(7 / 4, 4);
  });

  test('follows a quantile of the norms when its bound is an estimate', async () => {
    // Of 1, 2, 3, 4 two are within 2: (1 + 2 + 2 + 2) / 4 = 1.75. The bound rises to 2 · exp(−0.2 (0.5 − 0.75)).
    const norm = quantileEstimate({ initial: 2, target: 0.75, learningRate: 0.2 });
    const aggregator = clipped(meanAggregator(), { norm });
    const step = await aggregate(aggregator, { update: float32(), values: [1, 2, 3, 4] });
    expect(step.result).toBeCloseTo(1.75, 4);
    expect(step.measurements).toEqual({ norm: 2, clipped: 2, estimate: { within: 0.5 }, inner: {} });
    const { norm: next } = step.state as unknown as { readonly norm: number };
    expect(next).toBeCloseTo(2 * Math.exp(0.05), 6);
  });

  test('keeps an estimated bound when nobody reports', async () => {
    const norm = quantileEstimate({ initial: 2, target: 0.75, learningRate: 0.2 });
    const step = await aggregate(clipped(sumAggregator(), { norm }), { update: float32(), values: [] });
    expect(step.state).toEqual({ norm: 2, inner: {} });
  });

  test('takes a norm beyond float32 for one beyond an estimate', async () => {
    // (3e38, 3e38) has norm 4.2e38, which float32 does not hold: 1 of 2 within, so the bound 1 moves by exp(−(0.5 −
    // 1)).
    const norm = quantileEstimate({ initial: 1, target: 1, learningRate: 1 });
    const step = await aggregate(clipped(sumAggregator(), { norm }), {
      update: float32(2),
      values: [
        [3e38, 3e38],
        [0, 0],
      ],
    });
    expect((step.state as unknown as { readonly norm: number }).norm).toBeCloseTo(Math.exp(0.5), 5);
  });

  aggregatorContract('clipped', () => clipped(meanAggregator(), { norm: 10 }));
  aggregatorContract('clipped by an estimate', () =>
    clipped(meanAggregator(), { norm: quantileEstimate({ initial: 10, target: 0.5, learningRate: 0.2 }) }),
  );
});
wrapperContract('clipped', (inner) => clipped(inner, { norm: 100 }));
wrapperContract('clipped by an estimate', (inner) =>
  clipped(inner, { norm: quantileEstimate({ initial: 100, target: 0.5, learningRate: 0.2 }) }),
);
