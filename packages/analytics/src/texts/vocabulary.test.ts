// Vocabularies against counts of the pooled rows, and against published figures.
import { numberColumn, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { countOf, drawNumber, drawText } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import type { CellValue } from '../values/cell-values.js';
import { vocabulary } from './vocabulary.js';

const text = textColumn(12);
const known = ['', 'größe', '東京', 'never', ...Array.from({ length: 20 }, (_, at) => `word-${at}`)];

/** By rows, and of as many the text that is later by its bytes. */
function byRows(
  values: readonly (readonly [CellValue, number])[],
): readonly (readonly [CellValue, number])[] {
  return [...values].sort(
    ([a, m], [b, n]) =>
      n - m ||
      (typeof a === 'number' ? (b as number) - a : Buffer.from(String(b)).compare(Buffer.from(String(a)))),
  );
}

statisticContract('vocabulary', {
  make: (options) => vocabulary(text, { values: known, top: 8, ...options }),
  columns: [text],
  draw: drawText,
  withholds: 'values',
  expected: (rows) => {
    const texts = rows.flatMap(([cell]) => (cell === null || cell === undefined ? [] : [cell]));
    const there = byRows([...countOf(texts)].filter(([value]) => known.includes(value as string))).slice(
      0,
      8,
    );
    const shown = there.reduce((sum, [, count]) => sum + count, 0);
    return { values: there, otherRows: texts.length - shown, withheldValues: 0 };
  },
  shown: ({ values, ...rest }) => ({ values: values.map(({ value, rows }) => [value, rows]), ...rest }),
});

const numbers = numberColumn();
statisticContract('vocabulary of numbers', {
  make: (options) => vocabulary(numbers, { values: [Number.NaN, 0, 1, -1, Infinity, 1e8 + 1], ...options }),
  columns: [numbers],
  draw: (random) => drawNumber(random, 'float64'),
  withholds: 'values',
  expected: (rows) => {
    const all = rows.flatMap(([cell]) => (typeof cell === 'number' ? [cell + 0] : []));
    const counts = [...countOf(all)].filter(([value]) =>
      [Number.NaN, 0, 1, -1, Infinity, 1e8 + 1].includes(value),
    );
    return { counts: new Set(counts.map(([value, rows]) => `${value}: ${rows}`)), all: all.length };
  },
  shown: ({ values, otherRows }) => ({
    counts: new Set(values.map(({ value, rows }) => `${value}: ${rows}`)),
    all: otherRows + values.reduce((sum, { rows }) => sum + rows, 0),
  }),
});

describe('vocabulary', () => {
  test('orders as TensorFlow Data Validation asserts: of as many rows the later text first', async () => {
    // top_k_uniques_stats_generator_test: of abce, acda and abcd the top are a 4, c 3, d 2, b 2.
    const letters = [...'abce'].concat([...'acda'], [...'abcd']);
    const statistic = vocabulary(text, { values: [...'abcde'], top: 4 });
    const { values } = await resultOf(statistic, text, letters.slice(0, 4), letters.slice(4));
    expect(values.map(({ value, rows }) => `${value} ${rows}`)).toEqual(['a 4', 'c 3', 'd 2', 'b 2']);
  });

  test('counts clients, and puts what too few of them have to the others', async () => {
    const statistic = vocabulary(text, { values: ['a', 'b', 'c'], minClients: 2 });
    const result = await resultOf(statistic, text, ['a', 'a', 'b'], ['a', 'c', 'c'], ['c', 'x', null]);
    expect(result).toEqual({
      values: [
        { value: 'c', rows: 3, clients: 2 },
        { value: 'a', rows: 3, clients: 2 },
      ],
      otherRows: 2, // b with one client, and x
      withheldValues: 1,
    });
  });
});
