import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { EmptyAggregateError, TypeMismatchError } from '../../errors/starling-error.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, atServer, bool, float32, float64, int32, struct, type Type } from '../../types/types.js';
import { federatedMean } from './federated-mean.js';

const weighted = federatedComputation(
  { value: atClients(float32()), weight: atClients(float32()) },
  ({ value, weight }) => federatedMean(value, { weight }),
);

describe('federatedMean', () => {
  test('`federatedMean` divides the weighted sum by the weights when weights are given', async () => {
    // (1·3 + 2·2 + 3·1) / 6 = 10/6.
    expect(await bothWays(weighted, { value: [1, 2, 3], weight: [3, 2, 1] })).toBe(Math.fround(10 / 6));
  });

  test('`federatedMean` averages field by field when members are nested structs', async () => {
    const member = struct([struct([float32(), float32()]), float32()]);
    const structs = federatedComputation(
      { value: atClients(member), weight: atClients(int32()) },
      ({ value, weight }) => federatedMean(value, { weight }),
    );
    const value = [
      [[1, 2], 3],
      [[2, 5], 4],
      [[3, 0], 5],
    ];
    // (1·3+2·2+3)/6 = 10/6; (2·3+5·2+0)/6 = 16/6; (3·3+4·2+5)/6 = 22/6.
    expect(await bothWays(structs, { value, weight: [3, 2, 1] })).toEqual([
      [Math.fround(10 / 6), Math.fround(16 / 6)],
      Math.fround(22 / 6),
    ]);
  });

  test('`federatedMean` gives TFF’s temperature average when unweighted', async () => {
    const mean = federatedComputation(atClients(float32()), (value) => federatedMean(value));
    // (68.5 + 70.3 + 69.8) / 3 in float32 inputs.
    const expected = (68.5 + Math.fround(70.3) + Math.fround(69.8)) / 3;
    expect(await bothWays(mean, [68.5, 70.3, 69.8])).toBe(Math.fround(expected));
  });

  test('`federatedMean` fails the round when the weights add up to zero, or gives `ifEmpty`', async () => {
    const safe = federatedComputation(
      { value: atClients(float32()), weight: atClients(float32()) },
      ({ value, weight }) => federatedMean(value, { weight, ifEmpty: -1 }),
    );
    for (const argument of [
      { value: [1, 2], weight: [0, 0] },
      { value: [], weight: [] },
    ]) {
      await expect(bothWays(weighted, argument)).rejects.toThrow(EmptyAggregateError);
      expect(await bothWays(safe, argument)).toBe(-1);
    }
  });

  test('`federatedMean` leaves out a client when its weight is negative or not finite, or its value is NaN', async () => {
    // Only the third client is left.
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await bothWays(weighted, { value: [9, Number.NaN, 5], weight: [weight, 1, 2] })).toBe(5);
    }
  });

  test('`federatedMean` leaves out the shape of a client when its weight is 0', async () => {
    const mean = federatedComputation(
      { value: atClients(float32(null)), weight: atClients(float32()) },
      ({ value, weight }) => federatedMean(value, { weight }),
    );
    // The first and the last weigh nothing: (3·2 + 6·1) / (2 + 1).
    const given = { value: [[1, 2], [3], [6], [], [4, 5]], weight: [0, 2, 1, 0, 0] };
    for (const laneSize of [1, 2, 5]) {
      expect(await bothWays(mean, given, { laneSize })).toEqual({
        dtype: 'float32',
        shape: [1],
        data: Float32Array.of(4),
      });
    }
  });

  test('`federatedMean` keeps float64 sums when an update is float64, in lanes of five', async () => {
    const mean = federatedComputation(atClients(float64()), (value) => federatedMean(value));
    const values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
    const lanes = 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + (0.6 + 0.7);
    expect(await bothWays(mean, values)).toBe(lanes / 7);
  });

  describe('of numbers near the ends of float64', () => {
    const mean = (value: Type, weight: Type) =>
      federatedComputation({ value: atClients(value), weight: atClients(weight) }, ({ value, weight }) =>
        federatedMean(value as never, { weight: weight as never }),
      );
    const wide = mean(float64(), float64());
    const lanes = [1, 2, 5];

    test.each([
      // 1e308 twice: (1·1e308 + 3·1e308) / 2e308 = 2; the total alone is beyond float64.
      [[1, 3], [1e308, 1e308], 2],
      // The same with values that are as large: (1e308 + 1e308) / 2.
      [[1e308, 1e308], [1e308, 1e308], 1e308],
      [[1e308, 1e308, 1e308], [1, 1, 1], 1e308],
      [[Number.MAX_VALUE, -Number.MAX_VALUE], [2, 2], 0],
      // In proportion 2^2000 : 1 the second is nothing, whichever comes first.
      [[5, 7], [2 ** 1000, 2 ** -1000], 5],
      [[7, 5], [2 ** -1000, 2 ** 1000], 5],
      // The least weights that there are: 1 and 3 times 2^−1074, so (4 + 3·8) / 4.
      [[4, 8], [2 ** -1074, 3 * 2 ** -1074], 7],
      // A light client, two heavy ones, a light one: (2·1e300 + 4·1e300) / 2e300 = 3 beside 1e-300.
      [[9, 2, 4, 9], [1e-300, 1e300, 1e300, 1e-300], 3],
    ])('`federatedMean` of %j weighed by %j is %d', async (value, weight, expected) => {
      for (const laneSize of lanes)
        expect(await bothWays(wide, { value, weight }, { laneSize })).toBe(expected);
    });

    test('`federatedMean` is the largest number when all hold it, however the weights round', async () => {
      // A mean of equal values is that value; with these weights the sum rounds up and the total down.
      const weight = [0.3909290869179969, 0.7980478533453854, 0.00782330817277277, 0.11586282583653595];
      weight.push(0.9853788483457953, 0.25812109000378247);
      const pair = mean(struct([float64(), float32()]), float64());
      for (const sign of [1, -1]) {
        const largest = sign * Number.MAX_VALUE;
        const value = weight.map(() => [largest, sign]);
        expect(await bothWays(pair, { value, weight })).toEqual([largest, sign]);
      }
      const thirds = Array.from({ length: 500 }, (_, index) => 1 / 3 + ((index * 7) % 100) / 128);
      for (let start = 0; start + 6 <= thirds.length; start += 6) {
        const weights = thirds.slice(start, start + 6);
        const value = weights.map(() => Number.MAX_VALUE);
        // Twelve roundings at most, each of 2^−53 in proportion.
        const found = (await bothWays(wide, { value, weight: weights })) as number;
        expect(found).toBeGreaterThanOrEqual(Number.MAX_VALUE * (1 - 12 * 2 ** -53));
        expect(found).toBeLessThanOrEqual(Number.MAX_VALUE);
      }
    });

    test('`federatedMean` of float64 without weights does not overflow', async () => {
      const plain = federatedComputation(atClients(float64()), (value) => federatedMean(value));
      for (const laneSize of lanes)
        expect(await bothWays(plain, [1e308, 1e308, 1e308, 1e308], { laneSize })).toBe(1e308);
    });

    test('`federatedMean` of float32 values takes float64 weights of any size', async () => {
      const narrow = mean(float32(), float64());
      expect(await bothWays(narrow, { value: [1, 2], weight: [1e308, 1e308] })).toBe(1.5);
    });

    test('`federatedMean` gives the same bits as without a scale when nothing is near an end', async () => {
      const value = [0.1, 0.7, -0.3, 1e10, 3];
      const weight = [3, 0.2, 1e-5, 7, 1e6];
      const sum = value.reduce((total, x, index) => total + x * weight[index]!, 0);
      const total = weight.reduce((a, b) => a + b, 0);
      expect(await bothWays(wide, { value, weight }, { laneSize: 5 })).toBe(sum / total);
    });
  });

  test('`federatedMean` refuses integers and bools at tracing', () => {
    for (const type of [int32(), bool()] as Type[]) {
      expect(() => federatedComputation(atClients(type), (value) => federatedMean(value))).toThrow(
        TypeMismatchError,
      );
    }
    // @ts-expect-error an integer mean
    expect(() => federatedComputation(atClients(int32()), (value) => federatedMean(value))).toThrow(
      'Cannot apply federatedMean: T must be float32 or float64',
    );
    expect(() =>
      federatedComputation({ v: atClients(float32()), w: atClients(float32(2)) }, ({ v, w }) =>
        // @ts-expect-error a vector as weight
        federatedMean(v, { weight: w }),
      ),
    ).toThrow('W must be one number');
    expect(() =>
      federatedComputation({ v: atClients(float32()), w: atServer(float32()) }, ({ v, w }) =>
        federatedMean(v, { weight: w as never }),
      ),
    ).toThrow('Cannot apply federatedMean: weight must be {W}@CLIENTS, got float32@SERVER');
    expect(() =>
      federatedComputation({ w: atServer(float32()) }, ({ w }) => federatedMean(w as never)),
    ).toThrow('Cannot apply federatedMean: its argument must be {T}@CLIENTS, got float32@SERVER');
  });
});
