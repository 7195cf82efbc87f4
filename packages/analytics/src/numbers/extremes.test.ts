// Extremes against the pooled rows.
import { numberColumn } from '@starling/population';
import { expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber, numbersOf } from '../testing/drawn.js';
import { extremes } from './extremes.js';

for (const format of ['float64', 'float32', 'int32'] as const) {
  const column = numberColumn(format);
  statisticContract(`extremes of ${format}`, {
    make: (options) => extremes(column, { disclose: 'extremes', ...options }),
    columns: [column],
    draw: (random) => drawNumber(random, format),
    expected: (rows) => {
      const numbers = numbersOf(rows).filter((value) => !Number.isNaN(value));
      if (numbers.length === 0) return { min: null, max: null };
      return { min: Math.min(...numbers), max: Math.max(...numbers) };
    },
  });
}

test('`extremes` refuses without a word that they may be disclosed', () => {
  expect(() => extremes(numberColumn(), {} as never)).toThrow("disclose must be 'extremes'");
});
