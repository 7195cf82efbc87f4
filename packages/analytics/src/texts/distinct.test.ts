// Distinct values against a set of the pooled rows.
import { numberColumn, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawText } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { distinct } from './distinct.js';

const text = textColumn(12);
statisticContract('distinct', {
  make: (options) => distinct(text, options),
  columns: [text],
  draw: drawText,
  expected: (rows) => ({ distinct: new Set(rows.flatMap(([cell]) => cell ?? [])).size, isExact: true }),
});

statisticContract('distinct, estimated', {
  make: (options) => distinct(text, { capacity: 1, registers: 16, ...options }),
  columns: [text],
  draw: (random) => `${Math.floor(1e6 * random.uniform())}`,
  // Nothing is estimated of none; else the pooled rows give what a split gives.
  expected: (rows) => (rows.some(([cell]) => cell !== null) ? 'estimated' : { distinct: 0, isExact: true }),
  shown: (result) => (result.isExact ? result : 'estimated'),
  splitFree: (result) => result,
});

describe('distinct', () => {
  test('counts what TensorFlow Data Validation asserts: five letters of abce, acda and abcd', async () => {
    // top_k_uniques_stats_generator_test.
    const statistic = distinct(text, { capacity: 10 });
    expect(await resultOf(statistic, text, [...'abce'], [...'acda'], [...'abcd'])).toMatchObject({
      distinct: 5,
      isExact: true,
    });
  });

  test.each([
    [text, (at: number) => `value ${at}`],
    [numberColumn(), (at: number) => at],
    [numberColumn('int32'), (at: number) => 17 * at],
  ])(
    'is within a few standard errors, from few values to many (%#)',
    async (column, value) => {
      // 1.04 / √1024 is 3.25 %; four of them.
      const statistic = distinct(column as never, { capacity: 1, registers: 1024 });
      for (const count of [200, 2000, 20_000, 100_000]) {
        const { distinct: found, isExact } = await resultOf(
          statistic,
          column as never,
          Array.from({ length: count }, (_, at) => value(at)),
        );
        expect(isExact).toBe(false);
        expect(Math.abs(found / count - 1)).toBeLessThan(4 * 0.0325);
      }
    },
    120_000,
  );
});
