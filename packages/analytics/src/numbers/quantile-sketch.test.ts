// The sketch against sorted pooled rows: the answer is within α of the very element.
import { numberColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { numbersOf } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { quantileSketch } from './quantile-sketch.js';

const column = numberColumn();

/** By the definition of the paper: the middle of the bucket that the element is in. */
function sketched(value: number, alpha: number): number {
  const gamma = (1 + alpha) / (1 - alpha);
  const size = gamma ** Math.ceil(Math.log(Math.abs(value)) / Math.log(gamma));
  return value === 0 ? 0 : (Math.sign(value) * 2 * size) / (gamma + 1);
}

statisticContract('quantileSketch', {
  make: (options) => quantileSketch(column, { quantiles: [0.25, 0.5, 0.9], relativeError: 0.02, ...options }),
  columns: [column],
  draw: (random) => (random.uniform() < 0.1 ? null : random.uniform() < 0.1 ? 0 : random.normal() * 1000),
  expected: (rows) => {
    const all = [...numbersOf(rows)].sort((left, right) => left - right);
    const at = (share: number): number | null => {
      const element = all[Math.max(0, Math.ceil(Number((share * all.length).toFixed(6))) - 1)];
      return element === undefined ? null : Number(sketched(element, 0.02).toPrecision(12));
    };
    return {
      quantiles: [0.25, 0.5, 0.9].map((quantile) => ({ quantile, value: at(quantile) })),
      count: all.length,
    };
  },
  shown: ({ quantiles, count }) => ({
    quantiles: quantiles.map(({ quantile, value }) => ({
      quantile,
      value: value === null ? null : Number(value.toPrecision(12)),
    })),
    count,
  }),
});

describe('quantileSketch', () => {
  test('is within its relative error of the element, from the least size to the largest', async () => {
    const statistic = quantileSketch(column, { quantiles: [0.5] });
    for (const value of [1e-6, 1.5e-6, -3e-3, 1, 499.5, -12_345.678, 1e9]) {
      const { quantiles } = await resultOf(statistic, column, [value]);
      expect(Math.abs((quantiles[0]?.value as number) - value) / Math.abs(value)).toBeLessThanOrEqual(
        0.01 + 1e-12,
      );
    }
  });

  test('has as many buckets as the range has powers of γ, for each sign', () => {
    // ln(1e15) / ln(1.01 / 0.99) = 1726.9 powers; two counts besides, of NaN and of clients.
    const { bytesPerClient, error } = quantileSketch(column, { quantiles: [0.5] });
    expect(Math.abs(bytesPerClient / 4 - 2 * 1727)).toBeLessThan(8);
    expect(error).toEqual({ kind: 'relative', bound: 0.01 });
  });
});
