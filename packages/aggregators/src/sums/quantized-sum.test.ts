import { compilePlan, float32, float64, int32, struct } from '@starling/federated-core';
import { bytesOf } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { quantizedSum } from './quantized-sum.js';

const dataOf = (value: unknown): readonly number[] => [...(value as { readonly data: Float32Array }).data];

describe('quantizedSum', () => {
  test.each([1, 2, 4, 8] as const)('is exact in %d bits where all numbers lie on steps', async (bits) => {
    // From −1 to 2^bits − 2 by steps of 1; the other client has one number alone, and so no step.
    const last = 2 ** bits - 2;
    const values = [
      [-1, last, -1, last, last],
      [0.5, 0.5, 0.5, 0.5, 0.5],
    ];
    const { result } = await aggregate(quantizedSum({ bits, threshold: 1 }), { update: float32(5), values });
    expect(dataOf(result)).toEqual(values[0]!.map((x) => x + 0.5));
  });

  test.each([1, 8] as const)('is at most a step away in %d bits, and right in the mean', async (bits) => {
    const value = Array.from({ length: 40 }, (_, index) => Math.sin(index));
    const step = (Math.max(...value) - Math.min(...value)) / (2 ** bits - 1);
    const clients = 400;
    const { result } = await aggregate(quantizedSum({ bits, threshold: 1 }), {
      update: float32(40),
      values: Array.from({ length: clients }, () => value),
    });
    dataOf(result).forEach((sum, index) => {
      // The mean of 400 draws, each within a step: its standard deviation is at most half a step / 20.
      expect(Math.abs(sum / clients - value[index]!)).toBeLessThan((step / 2 / 20) * 6);
    });
    const single = await aggregate(quantizedSum({ bits, threshold: 1 }), {
      update: float32(40),
      values: [value],
    });
    dataOf(single.result).forEach((sum, index) => {
      expect(Math.abs(sum - value[index]!)).toBeLessThan(step * (1 + 1e-5));
    });
  });

  test('leaves tensors below the threshold as they are', async () => {
    const update = struct({ large: float32(2, 3), small: float32(2), deep: struct([int32()]) });
    const large = [
      [0, 255, 1],
      [2, 3, 254],
    ];
    const value = { large, small: [0.1, -0.3], deep: [7] };
    const { result } = await aggregate(quantizedSum({ threshold: 6 }), { update, values: [value, value] });
    const { large: sum, small, deep } = result as unknown as Record<string, unknown>;
    expect(dataOf(sum)).toEqual(large.flat().map((x) => 2 * x));
    expect(dataOf(small)).toEqual([0.1, -0.3].map((x) => Math.fround(2 * Math.fround(x))));
    expect(deep).toEqual([14]);
  });

  // Four numbers of 8 bits in a word of 4 bytes, or 32 of one, and two numbers of 4 bytes for each tensor.
  test.each([
    [8, 1000 + 8],
    [1, 128 + 8],
  ] as const)('sends a number in %d bits', (bits, bytes) => {
    const { next } = quantizedSum({ bits, threshold: 1 }).create(float32(1000));
    const [phase] = compilePlan(next).phases;
    expect(phase!.aggregations.map(({ update }) => bytesOf(update))).toEqual([bytes]);
  });

  test('throws for other bits and other tensors', () => {
    expect(() => quantizedSum({ bits: 3 as 4 })).toThrow('bits must be 1, 2, 4 or 8, got 3');
    expect(() => quantizedSum({ threshold: 1 }).create(float64(2))).toThrow(
      'tensors must be float32 of a known shape, got float64[2]',
    );
  });

  aggregatorContract('quantizedSum', quantizedSum);
});
