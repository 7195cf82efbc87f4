import { describe, expect, test } from 'vitest';
import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { NonFiniteError, reworded } from '../errors/starling-error.js';
import { evaluate } from '../evaluate/evaluate.js';
import { federatedAggregate } from '../intrinsics/sums/federated-aggregate.js';
import { federatedMax } from '../intrinsics/sums/federated-max.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedMin } from '../intrinsics/sums/federated-min.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { bothWays } from '../testing/both-ways.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { atClients, float32, float64, int32, int64, struct } from '../types/types.js';
import { findNonFinite } from './finite.js';

const sumOf = (type: Parameters<typeof atClients>[0]) =>
  federatedComputation(atClients(type), (value) => federatedSum(value as never));

describe('findNonFinite', () => {
  test('`findNonFinite` names the leaf and the number', () => {
    const leaves = [
      { dtype: 'int32', shape: [1], data: Int32Array.of(1) },
      { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) },
      { dtype: 'float64', shape: [2], data: Float64Array.of(1, Number.NEGATIVE_INFINITY) },
    ] as const;
    expect(findNonFinite(leaves)).toEqual({ leaf: 2, value: Number.NEGATIVE_INFINITY });
    expect(findNonFinite(leaves.slice(0, 2))).toBeNull();
  });
});

describe('aggregates', () => {
  const failing: readonly (readonly [string, FederatedComputation, readonly unknown[]])[] = [
    // 3e38 + 3e38 = 6e38 is beyond float32, whose greatest number is 3.4e38.
    ['a float32 sum', sumOf(float32()), [3e38, 3e38]],
    ['a float64 sum', sumOf(float64()), [1.7e308, 1.7e308]],
    [
      'a field of a sum',
      sumOf(struct({ a: float32(), b: float64(2) })),
      [
        { a: 1, b: [1e308, 0] },
        { a: 1, b: [1e308, 0] },
      ],
    ],
    // Lanes of one: +∞ in one part, −∞ in another, are NaN.
    ['a sum of opposite overflows', sumOf(float64()), [1.7e308, 1.7e308, -1.7e308, -1.7e308]],
  ];
  test.each(failing)('%s that overflows fails the round', async (_, computation, values) => {
    await expect(bothWays(computation, values, { laneSize: 2 })).rejects.toMatchObject({
      code: 'non-finite-aggregate',
    });
    await expect(bothWays(computation, values, { laneSize: 2 })).rejects.toThrow(NonFiniteError);
    await expect(evaluate(computation, values as never, { run: plainRunner })).rejects.toThrow(
      /federatedSum.*its numbers must be finite, got (NaN|Infinity)/s,
    );
  });

  test('a sum that overflows names its leaf by its path', async () => {
    const model = struct({ model: struct({ kernel: float32(2), bias: float32() }) });
    const values = [{ model: { kernel: [0, 3e38], bias: 0 } }, { model: { kernel: [0, 3e38], bias: 0 } }];
    await expect(bothWays(sumOf(model), values)).rejects.toThrow(
      'must be finite, got Infinity in model.kernel',
    );
  });

  test('sums of integers, and shapes that differ, name their leaf by its path', async () => {
    const count = struct({ of: struct({ rows: int32() }) });
    // 2 · (2^31 − 1) = 4294967294.
    const rows = [1, 2].map(() => ({ of: { rows: 2 ** 31 - 1 } }));
    await expect(bothWays(sumOf(count), rows)).rejects.toThrow('must fit int32, got 4294967294 in of.rows');
    const long = struct({ of: struct({ rows: int64() }) });
    const longs = [1, 2].map(() => ({ of: { rows: 2n ** 62n } }));
    await expect(bothWays(sumOf(long), longs)).rejects.toThrow(
      'must fit 64 bits, got 9223372036854775808 in of.rows',
    );
    const open = struct({ of: struct({ rows: float32(null) }) });
    const shapes = [{ of: { rows: [1] } }, { of: { rows: [1, 2] } }];
    const computations = [
      sumOf(open),
      federatedComputation(atClients(open), (value) => federatedMean(value)),
      federatedComputation(atClients(open), (value) => federatedMax(value)),
    ];
    for (const computation of computations) {
      await expect(bothWays(computation, shapes)).rejects.toThrow(
        'shapes must be equal, got [1] and [2] in of.rows',
      );
    }
  });

  test('a sum that comes back from beyond its element type is what it is', async () => {
    // In float64, 3e38 + 3e38 − 3e38 is 3e38, to the last bit of float32.
    expect(await bothWays(sumOf(float32()), [3e38, 3e38, -3e38])).toBe(Math.fround(3e38));
  });

  test('a report of the user’s own that is not finite fails the round', async () => {
    const pair = struct({ left: float32(), right: float32() });
    const add = plainLocal(pair, float32(), ({ left, right }) => left + right);
    const divide = plainLocal(float32(), float32(), (sum) => 1 / sum);
    const inverse = federatedComputation(atClients(float32()), (value) =>
      federatedAggregate(value, { zero: 0, accumulate: add, merge: add, report: divide }),
    );
    expect(await bothWays(inverse, [1, 3])).toBe(0.25);
    await expect(bothWays(inverse, [1, -1])).rejects.toMatchObject({ code: 'non-finite-aggregate' });
  });

  test('`ifEmpty` may be infinite, since the user wrote it', async () => {
    const least = federatedComputation(atClients(float32()), (value) =>
      federatedMin(value, { ifEmpty: Number.POSITIVE_INFINITY }),
    );
    expect(await bothWays(least, [])).toBe(Number.POSITIVE_INFINITY);
  });
});

test('`reworded` keeps the kind and code of a `NonFiniteError`', () => {
  const again = reworded(new NonFiniteError('non-finite-state', 'a'), 'b');
  expect(again).toBeInstanceOf(NonFiniteError);
  expect(again).toMatchObject({ code: 'non-finite-state', message: 'b' });
});
