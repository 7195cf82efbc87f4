// Quantiles against sorted pooled rows, and against published figures.
import { numberColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber, numbersOf } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { type QuantileMethod, quantiles } from './quantiles.js';

const sorted = (numbers: readonly number[]): readonly number[] =>
  numbers
    .filter((value) => !Number.isNaN(value))
    .map((value) => value + 0)
    .sort((left, right) => left - right);

/** [numerator, denominator], so that ranks are found without rounding. */
const asked = [
  [1, 4],
  [1, 2],
  [3, 4],
  [999, 1000],
] as const;

for (const format of ['float64', 'float32', 'int32'] as const) {
  const column = numberColumn(format);
  statisticContract(`quantiles of ${format}`, {
    make: (options) => quantiles(column, { quantiles: asked.map(([a, b]) => a / b), ...options }),
    columns: [column],
    draw: (random) => drawNumber(random, format),
    expected: (rows) => {
      const all = sorted(numbersOf(rows));
      const at = (a: number, b: number): number | null =>
        // The first element with at least a / b of all at or below it.
        all.find((_, rank) => (rank + 1) * b >= a * all.length) ?? null;
      return { quantiles: asked.map(([a, b]) => ({ quantile: a / b, value: at(a, b) })), count: all.length };
    },
  });
}

const column = numberColumn();
statisticContract('quantiles, linear', {
  make: (options) => quantiles(column, { quantiles: [0.5, 2 / 3], method: 'linear', ...options }),
  columns: [column],
  draw: (random) => (random.uniform() < 0.1 ? null : Math.floor(1000 * random.uniform())),
  expected: (rows) => {
    const all = sorted(numbersOf(rows));
    const value = (share: number, b: number): number | null => {
      if (all.length === 0) return null;
      const steps = (all.length - 1) * share;
      const [low, high] = [Math.floor(steps / b), Math.ceil(steps / b)].map(
        (rank) => all[rank] as number,
      ) as [number, number];
      return low + (high - low) * ((steps % b) / b);
    };
    return {
      quantiles: [
        { quantile: 0.5, value: value(1, 2) },
        { quantile: 2 / 3, value: value(2, 3) },
      ],
      count: all.length,
    };
  },
});

const valuesOf = async (
  method: QuantileMethod,
  shares: readonly number[],
  ...clients: readonly number[][]
) => {
  const result = await resultOf(quantiles(column, { quantiles: shares, method }), column, ...clients);
  return result.quantiles.map(({ value }) => value);
};
const upTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('quantiles', () => {
  test('are the boundaries that TensorFlow Transform asserts of buckets', async () => {
    // bucketize_integration_test: 1 … 9 into 3, 1 … 99 into 4, and by key 1 … 49 and 50 … 99 into 3; then without 25 …
    // 74, whose weights are 0 there. NaN counts for nothing.
    expect(await valuesOf('boundary', [1 / 3, 2 / 3], upTo(1, 4), upTo(5, 9))).toEqual([4, 7]);
    expect(await valuesOf('boundary', [0.25, 0.5, 0.75], upTo(1, 99))).toEqual([25, 50, 75]);
    expect(await valuesOf('boundary', [1 / 3, 2 / 3], upTo(1, 49))).toEqual([17, 33]);
    expect(await valuesOf('boundary', [1 / 3, 2 / 3], upTo(50, 99))).toEqual([66, 83]);
    expect(await valuesOf('boundary', [1 / 3, 2 / 3], upTo(1, 24))).toEqual([9, 17]);
    expect(await valuesOf('boundary', [1 / 3, 2 / 3], upTo(75, 99))).toEqual([83, 91]);
    const nan = [Number.NaN, Number.NaN];
    expect(await valuesOf('boundary', [0.25, 0.5, 0.75], [...nan, ...upTo(1, 99)], nan)).toEqual([
      25, 50, 75,
    ]);
  });

  test('have the buckets and the median that TensorFlow Data Validation asserts of 1, 2, 3, 4, 5, 1', async () => {
    // basic_stats_generator_test: four buckets meet at 1, 3 and 4, and the median is 3; the two in the middle are 2 and
    // 3.
    expect(await valuesOf('boundary', [0.25, 0.5, 0.75], [1, 2], [3, 4, 5], [1])).toEqual([1, 3, 4]);
    expect(await valuesOf('element', [0.5], [1, 2], [3, 4, 5], [1])).toEqual([2]);
    expect(await valuesOf('linear', [0.5], [1, 2], [3, 4, 5], [1])).toEqual([2.5]);
  });

  test('take four round trips of 1 KB each quantile for numbers of four bytes, eight of float64', () => {
    const two = { quantiles: [0.25, 0.75] };
    // The first is shared: 256 counts; then 256 a quantile; and one count of clients.
    expect(quantiles(numberColumn('float32'), two)).toMatchObject({
      phases: 4,
      bytesPerClient: 4 * (256 * (1 + 3 * 2) + 1),
    });
    expect(quantiles(numberColumn('float64'), two)).toMatchObject({
      phases: 8,
      bytesPerClient: 4 * (256 * (1 + 7 * 2) + 1),
    });
  });

  test('refuse the extremes, and say what gives them', () => {
    expect(() => quantiles(column, { quantiles: [0, 0.5] })).toThrow(
      "extremes(column, { disclose: 'extremes' })",
    );
  });

  test('refuse what is no fraction of small whole numbers', () => {
    expect(() => quantiles(column, { quantiles: [Math.SQRT1_2] })).toThrow(
      'a quantile must be from 0 to 1 and a fraction a / b with b up to 46340, such as 0.999 or 2 / 3, got 0.7071067811865476',
    );
  });
});
