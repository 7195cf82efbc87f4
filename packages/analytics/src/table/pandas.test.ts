// Statistics against numpy 2.4.6 and pandas 3.1.1, of numbers that both sides make alike.
import { numberColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { histogram } from '../numbers/histogram.js';
import { moments } from '../numbers/moments.js';
import { quantiles } from '../numbers/quantiles.js';
import { resultOf } from '../testing/evaluated.js';
import { distinct } from '../texts/distinct.js';

/** Park and Miller's generator from 1, as shares: x ← 16807 x mod (2^31 − 1). */
function shares(count: number): readonly number[] {
  let x = 1;
  return Array.from({ length: count }, () => {
    x = (16_807 * x) % 2_147_483_647;
    return x / 2_147_483_647;
  });
}

const drawn = shares(2000);
/** numpy: (u[0::2] * 200 - 50).round(2). */
const a = drawn.filter((_, at) => at % 2 === 0).map((share) => Math.round((share * 200 - 50) * 100) / 100);
/** numpy: floor(u[1::2] * 100). */
const b = drawn.filter((_, at) => at % 2 === 1).map((share) => Math.floor(share * 100));
const column = numberColumn();
const clients = [a.slice(0, 10), a.slice(10, 700), [], a.slice(700)];
const SHARES = [0.01, 0.25, 0.5, 0.75, 0.99];

describe('statistics', () => {
  test('have the mean and variance of pandas', async () => {
    const { mean, variance, stddev } = await resultOf(moments(column), column, ...clients);
    // s.a.mean(), s.a.var(ddof=0), s.a.std(ddof=0).
    expect((mean as number) / 52.12241).toBeCloseTo(1, 12);
    expect((variance as number) / 3230.4918456919).toBeCloseTo(1, 12);
    expect((stddev as number) / 56.83741589562196).toBeCloseTo(1, 12);
  });

  test('have the quantiles of pandas, and of numpy’s inverted_cdf', async () => {
    const linear = await resultOf(
      quantiles(column, { quantiles: SHARES, method: 'linear' }),
      column,
      ...clients,
    );
    const elements = await resultOf(quantiles(column, { quantiles: SHARES }), column, ...clients);
    const expected = [-48.6018, 3.95, 52.71, 101.215, 148.4404];
    for (const [at, { value }] of linear.quantiles.entries()) expect(value).toBeCloseTo(expected[at]!, 10);
    expect(elements.quantiles.map(({ value }) => value)).toEqual([-48.78, 3.86, 52.63, 101.17, 148.44]);
  });

  test('have the histogram of numpy', async () => {
    const statistic = histogram(column, { edges: [-50, -10, 0, 12.5, 100, 150] });
    expect((await resultOf(statistic, column, ...clients)).counts).toEqual([176, 47, 66, 455, 256]);
  });

  test('have as many distinct values as nunique', async () => {
    expect((await resultOf(distinct(column), column, b.slice(0, 400), b.slice(400))).distinct).toBe(100);
  });
});
