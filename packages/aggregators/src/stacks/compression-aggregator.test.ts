import { compilePlan, float32, struct } from '@starling/federated-core';
import { bytesOf } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { compressionAggregator } from './compression-aggregator.js';

describe('compressionAggregator', () => {
  test('sends large tensors in a quarter of their bytes', () => {
    const { next } = compressionAggregator().create(
      struct({ kernel: float32(200, 100), bias: float32(100) }),
    );
    const bytes = compilePlan(next).phases.flatMap(({ aggregations }) =>
      aggregations.map(({ update }) => bytesOf(update)!),
    );
    // 20,000 bytes and two numbers; 100 numbers; then weight, two shares and two counts.
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBe(20_000 + 8 + 400 + 5 * 4);
  });

  test('averages by weight, as near as the steps are', async () => {
    // Steps of a weighted update are at most 3 · 2 · 0.004 / 255, and there are two of them, divided by the weight 4.
    const [length, amplitude] = [20_000, 0.004];
    const value = (phase: number) =>
      Array.from({ length }, (_, index) => amplitude * Math.sin(index + phase));
    const [one, other] = [value(0), value(1)];
    const { result } = await aggregate(compressionAggregator(), {
      update: float32(length),
      values: [one, other],
      weights: [3, 1],
    });
    const { data } = result as unknown as { readonly data: Float32Array };
    const step = (3 * 2 * amplitude) / 255;
    data.forEach((mean, index) => {
      const exact = (3 * one[index]! + other[index]!) / 4;
      expect(Math.abs(mean - exact)).toBeLessThan((2 * step) / 4 + 1e-6);
    });
  });

  aggregatorContract('compressionAggregator', compressionAggregator);
});
