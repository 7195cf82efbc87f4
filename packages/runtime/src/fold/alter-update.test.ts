import {
  atClients,
  compilePlan,
  federatedComputation,
  federatedMean,
  federatedSum,
  float64,
  int32,
  int64,
  type Tensor,
  tensor,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { createAlterUpdate } from './alter-update.js';

/** A mean of a float64 with an int32 as its weight, and a sum of that int32: the leaves value, weight, count. */
const { aggregations } = compilePlan(
  federatedComputation({ value: atClients(float64()), count: atClients(int32()) }, ({ value, count }) => ({
    mean: federatedMean(value, { weight: count }),
    total: federatedSum(count),
  })),
).phases[0]!;
const alter = createAlterUpdate(aggregations);
const update = [
  tensor('float64', [], Float64Array.of(3)),
  tensor('int32', [], Int32Array.of(7)),
  tensor('int32', [], Int32Array.of(5)),
];
const numbers = (leaves: readonly Tensor[]): readonly number[] => leaves.map(({ data }) => Number(data[0]));

describe('createAlterUpdate', () => {
  test('`createAlterUpdate` alters the values of all aggregations and no weight, and writes nothing in place', () => {
    const altered = (...alterations: Parameters<typeof alter>[1]) => numbers(alter(update, alterations));
    expect(altered({ how: 'sign-flip', scale: 2 })).toEqual([-6, 7, -10]);
    expect(altered({ how: 'constant', value: 1.5 })).toEqual([1.5, 7, 2]); // int32: halves are rounded up
    expect(altered({ how: 'zero' })).toEqual([0, 7, 0]);
    expect(altered({ how: 'sign-flip', scale: 1e10 })).toEqual([-3e10, 7, -(2 ** 31)]); // the least int32
    expect(altered({ how: 'constant', value: 2 }, { how: 'sign-flip', scale: 1 })).toEqual([-2, 7, -2]);
    expect(numbers(update)).toEqual([3, 7, 5]);
  });

  test('`createAlterUpdate` alters the aggregations that it is told, and weights by `weight` alone', () => {
    const first = { how: 'zero', aggregations: [0] } as const;
    expect(numbers(alter(update, [first]))).toEqual([0, 7, 5]);
    expect(numbers(alter(update, [{ ...first, aggregations: [1] }]))).toEqual([3, 7, 0]);
    expect(numbers(alter(update, [{ how: 'weight', value: 1e308 }]))).toEqual([3, 2 ** 31 - 1, 5]);
  });

  test('`createAlterUpdate` turns over as many bits as it is told', () => {
    // 8 + 4 + 4 bytes: 128 bits, so that 200 of them are all.
    for (const [bits, expected] of [
      [1, 1],
      [20, 20],
      [200, 128],
    ] as const) {
      const altered = alter(update, [{ how: 'bits', bits, seed: [1, bits] }]);
      expect(differingBits(update, altered), String(bits)).toBe(expected);
    }
  });

  test('`createAlterUpdate` puts a NaN or an infinity into a float, and a dimension onto a leaf', () => {
    const [nan, ...rest] = numbers(alter(update, [{ how: 'nan', seed: [1, 2] }]));
    expect(nan).toBeNaN();
    expect(rest).toEqual([7, 5]);
    expect(numbers(alter(update, [{ how: 'infinity', seed: [1, 2] }]))).toEqual([
      Number.POSITIVE_INFINITY,
      7,
      5,
    ]);
    const shapes = alter(update, [{ how: 'shape', seed: [1, 2] }]).map(({ shape }) => shape.length);
    expect([...shapes].sort()).toEqual([0, 0, 1]);
  });

  test('`createAlterUpdate` adds numbers of the deviation that it is told', () => {
    const large = [tensor('float64', [4000], new Float64Array(4000).fill(10))];
    const [sum] = compilePlan(
      federatedComputation({ value: atClients(float64(4000)) }, ({ value }) => federatedSum(value)),
    ).phases[0]!.aggregations;
    const [noisy] = createAlterUpdate([sum!])(large, [{ how: 'noise', stddev: 3, seed: [1, 2] }]);
    const data = [...(noisy!.data as Float64Array)].map((value) => value - 10);
    const mean = data.reduce((total, value) => total + value, 0) / 4000;
    const variance = data.reduce((total, value) => total + value ** 2, 0) / 4000;
    // Standard deviations of the estimates: 3/√4000 ≈ 0.047 and 9·√(2/4000) ≈ 0.20; five of each.
    expect(Math.abs(mean)).toBeLessThan(0.24);
    expect(Math.abs(variance - 9)).toBeLessThan(1.0);
  });

  test('`createAlterUpdate` holds int64 within its range', () => {
    const wide = [tensor('int64', [2], BigInt64Array.of(3n, -(2n ** 62n)))];
    const [sum] = compilePlan(
      federatedComputation({ value: atClients(int64(2)) }, ({ value }) => federatedSum(value)),
    ).phases[0]!.aggregations;
    const [flipped] = createAlterUpdate([sum!])(wide, [{ how: 'sign-flip', scale: 4 }]);
    expect([...(flipped!.data as BigInt64Array)]).toEqual([-12n, 2n ** 63n - 1n]);
  });
});

function differingBits(one: readonly Tensor[], other: readonly Tensor[]): number {
  const bytesOf = (leaf: Tensor): Uint8Array => {
    const { buffer, byteOffset, byteLength } = leaf.data as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  };
  let count = 0;
  one.forEach((leaf, at) => {
    const [before, after] = [bytesOf(leaf), bytesOf(other[at]!)];
    before.forEach((byte, index) => {
      for (let bits = byte ^ after[index]!; bits > 0; bits &= bits - 1) count++;
    });
  });
  return count;
}
