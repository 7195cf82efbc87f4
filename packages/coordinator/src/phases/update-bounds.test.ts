import { float32, struct, type Tensor, tensor } from '@starling/federated-core';
import type { Aggregation } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { boundedChecker } from './update-bounds.js';

const vector = (...values: readonly number[]) =>
  tensor('float32', [values.length], Float32Array.from(values));
const scalar = (value: number) => tensor('float32', [], Float32Array.of(value));

/** A weighted mean of two vectors, a sum, and a mean. */
const aggregations = [
  {
    kind: 'weighted-mean',
    update: struct({ value: struct({ a: float32(1), b: float32(1) }), weight: float32() }),
    result: struct({ a: float32(1), b: float32(1) }),
  },
  { kind: 'sum', update: float32(), result: float32() },
  { kind: 'mean', update: float32(2), result: float32(2) },
] as unknown as readonly Aggregation<unknown>[];
const update = (a: number, b: number, weight: number, sum = 0, mean = [0, 0]): readonly Tensor[] => [
  vector(a),
  vector(b),
  scalar(weight),
  scalar(sum),
  vector(...mean),
];
const codeOf = (bounds: Parameters<typeof boundedChecker>[2], of: readonly Tensor[]) =>
  boundedChecker(() => null, aggregations, bounds)(of)?.code ?? null;

describe('boundedChecker', () => {
  test('`boundedChecker` bounds the norm of what is averaged, over all leaves and without the weight', () => {
    // 3² + 4² = 5²
    expect(codeOf({ maxUpdateNorm: 5 }, update(3, 4, 1000))).toBeNull();
    expect(codeOf({ maxUpdateNorm: 4.99 }, update(3, 4, 0))).toBe('norm-too-large');
    expect(codeOf({ maxUpdateNorm: 4.99 }, update(0, 0, 1, 0, [3, -4]))).toBe('norm-too-large');
  });

  test('`boundedChecker` leaves sums alone, which count what they like', () => {
    expect(codeOf({ maxUpdateNorm: 1, maxWeight: 1 }, update(0, 0, 1, 1e6))).toBeNull();
  });

  test('`boundedChecker` bounds the weight', () => {
    expect(codeOf({ maxWeight: 10 }, update(1e9, 0, 10))).toBeNull();
    expect(codeOf({ maxWeight: 10 }, update(0, 0, 10.5))).toBe('weight-too-large');
  });

  test('`boundedChecker` refuses a value whose square is beyond all numbers', () => {
    const huge = [tensor('float64', [1], Float64Array.of(1e200)), ...update(0, 0, 1).slice(1)];
    expect(codeOf({ maxUpdateNorm: 1e300 }, huge)).toBe('norm-too-large');
  });

  test('`boundedChecker` gives the check as it is when there is no bound', () => {
    const check = () => null;
    expect(boundedChecker(check, aggregations, {})).toBe(check);
  });
});
