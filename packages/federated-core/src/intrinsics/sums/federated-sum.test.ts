import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { OverflowError, TypeMismatchError } from '../../errors/starling-error.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, bool, float32, int32, int64, struct, type Type, uint8 } from '../../types/types.js';
import { federatedSum } from './federated-sum.js';

const sumOf = (type: Type) => federatedComputation(atClients(type), (value) => federatedSum(value));

describe('federatedSum', () => {
  test('`federatedSum` adds structs of tensors field by field', async () => {
    const value = await bothWays(sumOf(struct({ a: float32(2), b: int32() })), [
      { a: [1, 2], b: 3 },
      { a: [10, 20], b: 30 },
    ]);
    expect(value).toEqual({ a: { dtype: 'float32', shape: [2], data: Float32Array.of(11, 22) }, b: 33 });
  });

  test('`federatedSum` rounds once, at the end, when float32 values are added', async () => {
    // In float32, 2^24 + 1 = 2^24, so adding ones one by one would never leave 2^24.
    expect(await bothWays(sumOf(float32()), [2 ** 24, 1, 1, 1, 1])).toBe(2 ** 24 + 4);
  });

  test('`federatedSum` gives zeros when no client reports', async () => {
    expect(await bothWays(sumOf(struct({ a: float32(), b: int64() })), [])).toEqual({ a: 0, b: 0n });
  });

  test('`federatedSum` fails the round when an integer sum does not fit its element type', async () => {
    await expect(bothWays(sumOf(int32()), [2 ** 31 - 1, 1])).rejects.toThrow(OverflowError);
    await expect(bothWays(sumOf(uint8()), [255, 1])).rejects.toThrow('the sum must fit uint8, got 256');
    await expect(bothWays(sumOf(int64()), [2n ** 63n - 1n, 1n])).rejects.toThrow(OverflowError);
    expect(await bothWays(sumOf(int32()), [2 ** 31 - 1, -1, 1])).toBe(2 ** 31 - 1);
  });

  test('`federatedSum` takes the shape of the updates when a dimension is unknown', async () => {
    expect(
      await bothWays(sumOf(float32(null)), [
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ).toEqual({ dtype: 'float32', shape: [2], data: Float32Array.of(9, 12) });
    for (const laneSize of [1, 2]) {
      await expect(bothWays(sumOf(float32(null)), [[1, 2], [3]], { laneSize })).rejects.toThrow(
        TypeMismatchError,
      );
    }
  });

  test('`federatedSum` refuses bools at tracing', () => {
    expect(() => sumOf(bool())).toThrow('Cannot apply federatedSum: T must be numbers');
  });
});
