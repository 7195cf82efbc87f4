import { float32, float64, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract, wrapperContract } from '../aggregator/contract.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { quantizedSum } from '../sums/quantized-sum.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { measured } from './measured.js';
import { rotated } from './rotated.js';

const dataOf = (value: unknown): readonly number[] => [...(value as { readonly data: Float32Array }).data];

describe('rotated', () => {
  test('turns updates and their sum back, of any length', async () => {
    for (const length of [1, 2, 5, 64, 100]) {
      const one = Array.from({ length }, (_, index) => Math.cos(index));
      const other = one.map((x) => 1 - x);
      const cohort = { update: float32(length), values: [one, other] };
      const { result } = await aggregate(rotated(sumAggregator()), cohort);
      for (const sum of dataOf(result)) expect(sum).toBeCloseTo(1, 5);
    }
  });

  test('keeps norms, and spreads what one number holds over all', async () => {
    // A norm of 8 in one of 64 numbers: turned, each is ±1.
    const value = Array.from({ length: 64 }, (_, index) => (index === 3 ? 8 : 0));
    const { measurements } = await aggregate(rotated(measured(sumAggregator())), {
      update: float32(64),
      values: [value],
    });
    const { clientNorm } = measurements as unknown as { readonly clientNorm: number };
    expect(clientNorm).toBeCloseTo(8, 5);
    // So that one bit a number is enough.
    const coded = rotated(quantizedSum({ bits: 1, threshold: 1 }));
    const { result } = await aggregate(coded, { update: float32(64), values: [value] });
    dataOf(result).forEach((x, index) => {
      expect(x).toBeCloseTo(value[index]!, 5);
    });
  });

  test('throws for tensors that are not float32', () => {
    expect(() => rotated(sumAggregator()).create(struct({ a: float64(2) }))).toThrow(
      'Cannot rotate updates: tensors must be float32 of a known shape, got float64[2]',
    );
  });

  aggregatorContract('rotated', () => rotated(meanAggregator()), { within: 1e-6 });
});
wrapperContract('rotated', (inner) => rotated(inner));
