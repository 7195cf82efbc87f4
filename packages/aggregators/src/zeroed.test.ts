import { float32 } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { clipped } from './clipped.js';
import { aggregate, aggregatorContract } from './contract.js';
import { meanAggregator } from './mean-aggregator.js';
import { zeroed } from './zeroed.js';

describe('zeroed', () => {
  it('leaves out an update with an element beyond the bound', async () => {
    // (1, −11) is beyond 10 and has no weight; the mean is that of (2, 4) alone.
    const aggregator = zeroed(meanAggregator(), { bound: 10 });
    const { result, measurements } = await aggregate(aggregator, float32(2), [
      [1, -11],
      [2, 4],
    ]);
    expect([...(result as unknown as { readonly data: Float32Array }).data]).toEqual([2, 4]);
    expect(measurements).toEqual({ zeroed: 1, inner: {} });
  });

  it('leaves out an update that is not finite', async () => {
    const aggregator = zeroed(meanAggregator(), { bound: 10 });
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 3];
    const { result, measurements } = await aggregate(aggregator, float32(), values);
    expect(result).toBe(3);
    expect(measurements).toEqual({ zeroed: 2, inner: {} });
  });

  it('wraps another wrapper', async () => {
    // 100 is zeroed, 8 is clipped to 4: (0 · 0 + 1 · 4) / 1.
    const aggregator = zeroed(clipped(meanAggregator(), { clipNorm: 4 }), { bound: 10 });
    const { result, measurements } = await aggregate(aggregator, float32(), [100, 8]);
    expect(result).toBe(4);
    expect(measurements).toEqual({ zeroed: 1, inner: { clipped: 1, inner: {} } });
  });

  aggregatorContract('zeroed', () => zeroed(meanAggregator(), { bound: 10 }));
});
