// The rules that see single updates, on worked numbers: plan and reference give the same bits.
import { describe, expect, test } from 'vitest';
import type { FederatedComputation } from '../../computations/federated-computation.js';
import { federatedComputation } from '../../computations/federated-computation.js';
import { EmptyAggregateError } from '../../errors/starling-error.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, float32, float64, struct } from '../../types/types.js';
import { federatedBoundedMean } from './federated-bounded-mean.js';
import { federatedGeometricMedian } from './federated-geometric-median.js';
import { federatedKrum } from './federated-krum.js';
import { federatedMedian } from './federated-median.js';
import { federatedTrimmedMean } from './federated-trimmed-mean.js';

const numbers = atClients(float64());
const rows = atClients(float64(3));
const weighed = { x: atClients(float64()), w: atClients(float32()) };
const table = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
];

async function valueIn(computation: FederatedComputation, argument: unknown): Promise<unknown> {
  const value = (await bothWays(computation, argument)) as { readonly data?: Float64Array } | number;
  return typeof value === 'object' && value.data !== undefined ? [...value.data] : value;
}

describe('federatedMedian', () => {
  const median = federatedComputation(numbers, (x) => federatedMedian(x));

  test('gives what is in the middle, of two their mean', async () => {
    expect(await valueIn(median, [5, -100, 2])).toBe(2);
    // (2 + 5) / 2.
    expect(await valueIn(median, [5, -100, 2, 1e30])).toBe(3.5);
    expect(await valueIn(median, [7])).toBe(7);
    expect(
      await valueIn(
        federatedComputation(rows, (x) => federatedMedian(x)),
        table,
      ),
    ).toEqual([4, 5, 6]);
  });

  test('is finite, where the sum of the two in the middle is not', async () => {
    expect(await valueIn(median, [1.7e308, 1.7e308])).toBe(1.7e308);
    // Halves and their sum are exact: 1.5 · 2^1022 + 2^1022.
    expect(await valueIn(median, [1.5 * 2 ** 1023, 2 ** 1023])).toBe(1.25 * 2 ** 1023);
  });

  test('leaves out clients of weight 0, and counts the others alike', async () => {
    const weighted = federatedComputation(weighed, ({ x, w }) => federatedMedian(x, { weight: w }));
    expect(await valueIn(weighted, { x: [1, 2, 3, 100], w: [1, 9, 0.5, 0] })).toBe(2);
  });

  test('fails without a client, or gives what it is told', async () => {
    await expect(valueIn(median, [])).rejects.toThrow(EmptyAggregateError);
    expect(
      await valueIn(
        federatedComputation(numbers, (x) => federatedMedian(x, { ifEmpty: 3 })),
        [],
      ),
    ).toBe(3);
  });
});

describe('federatedTrimmedMean', () => {
  const trimmed = (trim: number) => federatedComputation(numbers, (x) => federatedTrimmedMean(x, { trim }));

  test('is the mean without the ends', async () => {
    expect(
      await valueIn(
        federatedComputation(rows, (x) => federatedTrimmedMean(x, { trim: 1 })),
        table,
      ),
    ).toEqual([4, 5, 6]);
    // Without −9 and 100: (1 + 2 + 6) / 3; without nothing: (−9 + 1 + 2 + 6 + 100) / 5.
    expect(await valueIn(trimmed(1), [1, 100, 2, -9, 6])).toBe(3);
    expect(await valueIn(trimmed(0), [1, 100, 2, -9, 6])).toBe(20);
  });

  test('keeps as many of equal values as are not cut off', async () => {
    // Sorted 1 1 1 4 4: without an end each 1 1 4.
    expect(await valueIn(trimmed(1), [4, 1, 1, 4, 1])).toBe(2);
    expect(await valueIn(trimmed(1), [2, 2, 2, 2])).toBe(2);
  });

  test('cuts off a share of a cohort of any size', async () => {
    const share = federatedComputation(numbers, (x) => federatedTrimmedMean(x, { trimShare: 0.2 }));
    // 0.2 of 5 is 1, of 4 none.
    expect(await valueIn(share, [1, 100, 2, -9, 6])).toBe(3);
    expect(await valueIn(share, [1, 2, 3, 10])).toBe(4);
    // The greatest number below 0.5 leaves two of two, and one of three.
    const most = federatedComputation(numbers, (x) =>
      federatedTrimmedMean(x, { trimShare: 0.5 - Number.EPSILON / 4 }),
    );
    expect(await valueIn(most, [1, 2])).toBe(1.5);
    expect(await valueIn(most, [1, 2, 9])).toBe(2);
  });

  test('fails when nothing would be left', async () => {
    await expect(valueIn(trimmed(1), [1, 2])).rejects.toThrow(
      'need more than 2 clients of a weight above 0 to trim 1, got 2',
    );
  });

  test('refuses both a number and a share, and neither', () => {
    const make = (options: object) =>
      federatedComputation(numbers, (x) => federatedTrimmedMean(x, options as never));
    expect(() => make({})).toThrow('need either trim or trimShare, got neither');
    expect(() => make({ trim: 1, trimShare: 0.1 })).toThrow('need either trim or trimShare, got both');
    expect(() => make({ trimShare: 0.5 })).toThrow('trimShare must be a number from 0 to below 0.5, got 0.5');
    expect(() => make({ trim: -1 })).toThrow('trim must be an integer >= 0, got -1');
    expect(() => make({ trim: 1, weigth: 1 })).toThrow("did you mean 'weight'?");
  });
});

describe('federatedKrum', () => {
  test('gives the value with the nearest neighbours, of equals the first', async () => {
    // One nearest, as 3 − 1 − 2 = 0: squared distances of 0.25 (0.25 to 0.75) and 0.0625 (0.75 to 1), so that the last
    // two are equal, and the first of them is taken. These numbers are exact in either precision.
    const krum = federatedComputation(numbers, (x) => federatedKrum(x, { faulty: 1 }));
    expect(await valueIn(krum, [0.25, 0.75, 1])).toBe(0.75);
    // In float32 0.7 is another number; distances are taken of that one, in float64.
    const single = federatedComputation(atClients(float32()), (x) => federatedKrum(x, { faulty: 1 }));
    expect(await valueIn(single, [0.2, 0.7, 1])).toBe(Math.fround(0.7));
  });

  test('averages the best few', async () => {
    // Rows are √27 from the next: all scores are 27, so that the first two are kept.
    const multi = federatedComputation(rows, (x) => federatedKrum(x, { faulty: 1, keep: 2 }));
    expect(await valueIn(multi, table)).toEqual([2.5, 3.5, 4.5]);
  });

  test('keeps all but the faulty, whatever the size of the cohort', async () => {
    const multi = federatedComputation(numbers, (x) =>
      federatedKrum(x, { faultyShare: 0.25, keep: 'all-but-faulty' }),
    );
    // One of four may be faulty: 100 is furthest from its nearest, and (1 + 2 + 3) / 3 remains.
    expect(await valueIn(multi, [1, 100, 2, 3])).toBe(2);
    expect(await valueIn(multi, [5])).toBe(5);
  });

  test('measures distances over all tensors of a struct', async () => {
    const type = struct({ a: float64(), b: float64() });
    const krum = federatedComputation(atClients(type), (x) => federatedKrum(x, { faulty: 1 }));
    // By a alone the first two were nearest, by both the last two are.
    const values = [
      { a: 0, b: 9 },
      { a: 0, b: 0 },
      { a: 1, b: 0 },
    ];
    expect(await valueIn(krum, values)).toEqual({ a: 0, b: 0 });
  });

  test('refuses to keep none', () => {
    expect(() => federatedComputation(numbers, (x) => federatedKrum(x, { faulty: 1, keep: 0 }))).toThrow(
      "keep must be an integer from 1 or 'all-but-faulty', got 0",
    );
  });
});

describe('federatedGeometricMedian', () => {
  const points = atClients(float64(2));
  const median = federatedComputation(points, (x) => federatedGeometricMedian(x));

  test('is where the diagonals of a quadrangle meet', async () => {
    const corners = [
      [0, 0],
      [1, 0],
      [0, 1],
      [10, 10],
    ];
    const [x, y] = (await valueIn(median, corners)) as readonly [number, number];
    expect(Math.abs(x - 0.5)).toBeLessThan(1e-9);
    expect(Math.abs(y - 0.5)).toBeLessThan(1e-9);
  });

  test('is a point that outweighs the others', async () => {
    // On a line it is the weighted median: 5 of 9 lie at 3.
    const weighted = federatedComputation(weighed, ({ x, w }) => federatedGeometricMedian(x, { weight: w }));
    const found = (await valueIn(weighted, { x: [0, 3, 100], w: [2, 5, 2] })) as number;
    expect(Math.abs(found - 3)).toBeLessThan(1e-5);
  });

  test('counts all alike when it is not weighted', async () => {
    // On a line the median of three is the middle one, whatever a client says of its weight.
    const alike = federatedComputation(weighed, ({ x, w }) =>
      federatedGeometricMedian(x, { weight: w, weighted: false }),
    );
    const found = (await valueIn(alike, { x: [0, 3, 100], w: [1, 1, 1000] })) as number;
    expect(Math.abs(found - 3)).toBeLessThan(1e-5);
  });

  test.each([1e6, 1e12, 1e16, 1e20, 3e38, 1e150])('follows no client that is at %d', async (far) => {
    // On a line the median of five is the third, however far off the last is.
    const line = federatedComputation(numbers, (x) => federatedGeometricMedian(x));
    for (const values of [
      [1, 2, 3.5, 5, far],
      [-far, far, 3.5, 5, 3],
    ]) {
      expect(Math.abs(((await valueIn(line, values)) as number) - 3.5)).toBeLessThan(1e-5);
    }
  });

  test('stays among the others, when the square of a distance is beyond float64', async () => {
    // The far ones count as the middle one, 3.5, so that 3.5 has three of five.
    const line = federatedComputation(numbers, (x) => federatedGeometricMedian(x));
    for (const far of [1e200, 1.7e308]) {
      const found = (await valueIn(line, [3, far, 3.5, far, 4])) as number;
      expect(Math.abs(found - 3.5)).toBeLessThan(1e-5);
    }
  });

  test('is where it was, when a point goes on in its direction', async () => {
    // Seen from (0, 0) the three are 120° apart, however far each is: the point of Fermat.
    const root = Math.sqrt(3) / 2;
    const [x, y] = (await valueIn(median, [
      [1, 0],
      [-0.5, root],
      [-0.5 * 1e30, -root * 1e30],
    ])) as readonly [number, number];
    expect(Math.hypot(x, y)).toBeLessThan(1e-5);
  });

  test('is the value that all have', async () => {
    expect(
      await valueIn(median, [
        [2, 3],
        [2, 3],
        [2, 3],
      ]),
    ).toEqual([2, 3]);
  });
});

describe('federatedBoundedMean', () => {
  test('scales down what is longer than the norm', async () => {
    // (3, 4) becomes (0.6, 0.8) · 2 = (1.2, 1.6); (0, 1) stays: means (0.6, 1.3). Weighted 1 to 3: (0.3, 1.15).
    const type = { x: atClients(float64(2)), w: atClients(float32()) };
    const values = {
      x: [
        [3, 4],
        [0, 1],
      ],
      w: [1, 1],
    };
    const bounded = federatedComputation(type, ({ x, w }) => federatedBoundedMean(x, { norm: 2, weight: w }));
    const [a, b] = (await valueIn(bounded, values)) as readonly [number, number];
    expect(a).toBeCloseTo(0.6, 12);
    expect(b).toBeCloseTo(1.3, 12);
    const [c, d] = (await valueIn(bounded, { ...values, w: [1, 3] })) as readonly [number, number];
    expect(c).toBeCloseTo(0.3, 12);
    expect(d).toBeCloseTo(1.15, 12);
  });

  test('counts all of a weight above 0 alike when it is not weighted', async () => {
    // (1 + 2) / 2 of the first two; the third has weight 0.
    const alike = federatedComputation(weighed, ({ x, w }) =>
      federatedBoundedMean(x, { norm: 2, weight: w, weighted: false }),
    );
    expect(await valueIn(alike, { x: [1, 9, 5], w: [1, 1000, 0] })).toBe(1.5);
  });

  test('refuses a norm of 0', () => {
    expect(() => federatedComputation(numbers, (x) => federatedBoundedMean(x, { norm: 0 }))).toThrow(
      'norm must be a finite number > 0, got 0',
    );
  });
});
