import { type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { compareLeaves } from './compare-leaves.js';

const floats = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values));

describe('compareLeaves', () => {
  test('`compareLeaves` gives norms, and the place of the largest difference', () => {
    // 3-4-5 and 6-8-10 triangles; differences 3 and 4.
    expect(compareLeaves(floats(3, 4), floats(6, 8))).toEqual({
      norm: 5,
      otherNorm: 10,
      largestDifference: 4,
      at: 1,
      agrees: false,
    });
  });

  test('`compareLeaves` takes differences up to 1e-5 of the largest magnitude, and at least of 1, for rounding', () => {
    // 2^-17 is 7.6e-6, 2^-16 is 1.5e-5: of 1 the first is below the tolerance and the second above; of 2 both are.
    const close = (...pair: readonly [Tensor, Tensor]): boolean => compareLeaves(...pair).agrees;
    expect(close(floats(1, 0.5), floats(1, 0.5 + 2 ** -17))).toBe(true);
    expect(close(floats(1, 0.5), floats(1, 0.5 + 2 ** -16))).toBe(false);
    expect(close(floats(2, 0.5), floats(2, 0.5 + 2 ** -16))).toBe(true);
    expect(close(floats(0), floats(2 ** -17))).toBe(true);
  });

  test('`compareLeaves` finds a number that is finite on one side alone, and none where both are the same', () => {
    const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(compareLeaves(floats(nan, infinity), floats(nan, infinity))).toMatchObject({
      largestDifference: 0,
      at: -1,
      agrees: true,
    });
    expect(compareLeaves(floats(1, nan), floats(1, 2))).toMatchObject({
      largestDifference: infinity,
      at: 1,
      agrees: false,
    });
  });

  test('`compareLeaves` compares integers of 64 bits and text, and never what differs in size', () => {
    const big = (value: bigint): Tensor => tensor('int64', [], BigInt64Array.of(value));
    expect(compareLeaves(big(7n), big(9n)).largestDifference).toBe(2);
    const text = (value: string): Tensor => tensor('string', [1], [value]);
    expect(compareLeaves(text('a'), text('a'))).toMatchObject({ norm: null, agrees: true });
    expect(compareLeaves(text('a'), text('b')).agrees).toBe(false);
    expect(compareLeaves(floats(), floats(1)).agrees).toBe(false);
  });
});
