import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { adaptivelyClipped } from './adaptively-clipped.js';

interface Step {
  readonly state: { readonly clipNorm: number };
  readonly result: number;
  readonly measurements: { readonly clipNorm: number; readonly within: number };
}

describe('adaptivelyClipped', () => {
  const options = { initialClipNorm: 2, targetQuantile: 0.75, learningRate: 0.2 };

  test('clips to the bound, and moves it towards the quantile', async () => {
    // Of 1, 2, 3, 4 two are within 2: (1 + 2 + 2 + 2) / 4 = 1.75. The bound rises to 2 · exp(−0.2 (0.5 − 0.75)).
    const step = await aggregate(adaptivelyClipped(meanAggregator(), options), {
      update: float32(),
      values: [1, 2, 3, 4],
    });
    const { state, result, measurements } = step as unknown as Step;
    expect(result).toBeCloseTo(1.75, 5);
    expect(measurements.clipNorm).toBe(2);
    expect(measurements.within).toBe(0.5);
    expect(state.clipNorm).toBeCloseTo(2 * Math.exp(0.05), 6);
  });

  test('comes to rest where the share within is the quantile', async () => {
    // Norms 1 … 20 and γ = 0.5: any bound from 10 to below 11 leaves half of them as they are.
    const engine = await createOnnxEngine();
    const run = localRunner(engine);
    const { initialize, next } = adaptivelyClipped(sumAggregator(), {
      initialClipNorm: 1,
      learningRate: 1,
    }).create(float32());
    const value = Array.from({ length: 20 }, (_, index) => index + 1);
    let state: unknown = await evaluate(initialize, undefined, { run });
    for (let round = 0; round < 40; round++) {
      const step = await evaluate(next, { state, value, weight: value }, { run });
      ({ state } = step as { readonly state: unknown });
    }
    await engine.dispose();
    const { clipNorm } = state as { readonly clipNorm: number };
    expect(clipNorm).toBeGreaterThan(9.9);
    expect(clipNorm).toBeLessThan(11.1);
  });

  test('keeps the bound when nobody reports', async () => {
    const step = await aggregate(adaptivelyClipped(sumAggregator(), options), {
      update: float32(),
      values: [],
    });
    expect((step as unknown as Step).state.clipNorm).toBe(2);
  });

  test('throws when the quantile is no share', () => {
    expect(() => adaptivelyClipped(meanAggregator(), { targetQuantile: 50 })).toThrow(
      'targetQuantile must be a finite number from 0 to 1, got 50',
    );
  });

  aggregatorContract('adaptivelyClipped', () => adaptivelyClipped(meanAggregator(), { initialClipNorm: 10 }));
});
