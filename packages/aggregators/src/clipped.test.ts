import { float32, struct } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { clipped } from './clipped.js';
import { aggregate, aggregatorContract } from './contract.js';
import { meanAggregator } from './mean-aggregator.js';

describe('clipped', () => {
  it('shortens an update to the norm over all its tensors, and counts it', async () => {
    // (3, 4) has norm 5 and becomes (0.6, 0.8); (0.3, 0.4) has norm 0.5 and stays. Mean: (0.45, 0.6).
    const update = struct({ a: float32(), b: float32() });
    const values = [
      { a: 3, b: 4 },
      { a: 0.3, b: 0.4 },
    ];
    const { result, measurements } = await aggregate(
      clipped(meanAggregator(), { clipNorm: 1 }),
      update,
      values,
    );
    const { a, b } = result as unknown as { readonly a: number; readonly b: number };
    expect(a).toBeCloseTo(0.45, 6);
    expect(b).toBeCloseTo(0.6, 6);
    expect(measurements).toEqual({ clipped: 1, inner: {} });
  });

  it('throws when the norm is not above zero', () => {
    expect(() => clipped(meanAggregator(), { clipNorm: 0 })).toThrow(
      'Cannot clip updates: clipNorm must be a finite number > 0, got 0',
    );
  });

  aggregatorContract('clipped', () => clipped(meanAggregator(), { clipNorm: 10 }));
});
