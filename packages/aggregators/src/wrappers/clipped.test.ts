import { float32, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
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
    const { result, measurements } = await aggregate(clipped(meanAggregator(), { clipNorm: 1 }), {
      update,
      values,
    });
    const { a, b } = result as unknown as { readonly a: number; readonly b: number };
    expect(a).toBeCloseTo(0.45, 6);
    expect(b).toBeCloseTo(0.6, 6);
    expect(measurements).toEqual({ clipped: 1, inner: {} });
  });

  test('throws when the norm is out of its range', () => {
    expect(() => clipped(meanAggregator(), { clipNorm: 0 })).toThrow(
      'Cannot clip updates: clipNorm must be a finite number from 1e-30 to 1e+38, got 0',
    );
  });

  test('shortens finite updates whose squares overflow, and does not add up to more than the bound of each', async () => {
    // Norms 2e20 and 3e38 · √3, which is beyond float32 itself: each becomes an update of norm 1.
    const values = [
      [2e20, 0, 0],
      [3e38, 3e38, 3e38],
    ];
    const { result, measurements } = await aggregate(clipped(sumAggregator(), { clipNorm: 1 }), {
      update: float32(3),
      values: values.map((value) => tensor('float32', [3], Float32Array.from(value))),
    });
    const { data } = result as unknown as { readonly data: Float32Array };
    expect(data[0]).toBeCloseTo(1 + Math.sqrt(1 / 3), 5);
    expect(data[1]).toBeCloseTo(Math.sqrt(1 / 3), 5);
    expect(measurements).toEqual({ clipped: 2, inner: {} });
  });

  aggregatorContract('clipped', () => clipped(meanAggregator(), { clipNorm: 10 }));
});
