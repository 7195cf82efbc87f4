import { float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { robustAggregator } from './robust-aggregator.js';

describe('robustAggregator', () => {
  test('zeroes what is far beyond, clips what is long, and averages by weight', async () => {
    // 100 is beyond 2 · 10 + 1 and counts as 0; 3 is clipped to 1: (0 · 1 + 1 · 1 + 0.5 · 2) / 4.
    const { result, measurements } = await aggregate(robustAggregator(), {
      update: float32(),
      values: [100, 3, 0.5],
      weights: [1, 1, 2],
    });
    expect(result).toBeCloseTo(2 / 4, 4);
    expect(measurements).toMatchObject({ norm: 21, zeroed: 1, inner: { norm: 1, clipped: 1 } });
  });

  test('is a mean when both are left out', async () => {
    const aggregator = robustAggregator({ zeroing: false, clipping: false, weighted: false });
    const cohort = { update: float32(), values: [100, 2], weights: [1, 5] };
    expect(await aggregate(aggregator, cohort)).toEqual({ state: {}, result: 51, measurements: {} });
  });

  // Small updates, below the first bounds of 21 and 1.
  aggregatorContract('robustAggregator', robustAggregator);
});
