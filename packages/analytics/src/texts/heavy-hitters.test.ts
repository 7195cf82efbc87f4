// Heavy hitters against counts of the pooled rows.
import { numberColumn, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { countOf, drawNumber, drawText } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { heavyHitters } from './heavy-hitters.js';

const text = textColumn(12);
const numbers = numberColumn();
for (const [name, column, draw] of [
  ['text', text, drawText],
  ['numbers', numbers, (random) => drawNumber(random, 'float64')],
] as const satisfies readonly (readonly [string, unknown, typeof drawText])[]) {
  statisticContract(`heavyHitters of ${name}`, {
    make: (options) => heavyHitters(column, { capacity: 300, ...options }),
    columns: [column],
    draw,
    withholds: 'values',
    expected: (rows) => {
      const all = rows.flatMap(([cell]) =>
        cell === null || cell === undefined ? [] : [typeof cell === 'number' ? cell + 0 : cell],
      );
      return {
        counts: new Map([...countOf(all)].map(([value, count]) => [String(value), count])),
        notDecodedRows: 0,
      };
    },
    shown: ({ values, notDecodedRows }) => ({
      counts: new Map(values.map(({ value, rows }) => [String(value), rows])),
      notDecodedRows,
    }),
  });
}

describe('heavyHitters', () => {
  const words = (count: number): string[] => Array.from({ length: count }, (_, at) => `value ${at}`);

  test('decodes as many values as it has room for, with rows and clients', async () => {
    const { values, otherRows, notDecodedRows } = await resultOf(
      heavyHitters(text, { capacity: 200 }),
      text,
      words(200),
      words(120),
      [...words(40), ...words(40)],
    );
    // 40 values of three clients and four rows, 80 of two and two, 80 of one and one.
    const kinds = [...countOf(values.map(({ rows, clients }) => `${rows} rows of ${clients}`))].sort();
    expect(kinds).toEqual([
      ['1 rows of 1', 80],
      ['2 rows of 2', 80],
      ['4 rows of 3', 40],
    ]);
    expect([otherRows, notDecodedRows]).toEqual([0, 0]);
  });

  test('says how many rows did not decode if there are too many values, and names none that is not there', async () => {
    const { values, notDecodedRows } = await resultOf(
      heavyHitters(text, { capacity: 50 }),
      text,
      words(1000),
      words(1000),
    );
    const decoded = values.reduce((sum, { rows }) => sum + rows, 0);
    expect(decoded + notDecodedRows).toBe(2000);
    expect(notDecodedRows).toBeGreaterThan(1000);
    for (const { value, rows, clients } of values) {
      expect(words(1000)).toContain(value);
      expect([rows, clients]).toEqual([2, 2]);
    }
  });

  test('withholds what fewer clients have', async () => {
    const statistic = heavyHitters(text, { capacity: 20, minClients: 2 });
    const result = await resultOf(statistic, text, ['a', 'secret', 'secret'], ['a', 'b'], ['b']);
    expect(result).toEqual({
      values: [
        { value: 'b', rows: 2, clients: 2 },
        { value: 'a', rows: 2, clients: 2 },
      ],
      otherRows: 2,
      withheldValues: 1,
      notDecodedRows: 0,
    });
  });
});
