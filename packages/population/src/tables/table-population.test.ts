// Tables as populations, and their parts by a salted hash.
import { formatType } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from '../populations/contract.js';
import { readNumber, readText } from './cell-bytes.js';
import { splitTables } from './split-tables.js';
import { type Tables, tablesOf } from './table.js';
import { numberColumn, textColumn } from './table-column.js';
import { tablePopulation } from './table-population.js';

const columns = { fare: numberColumn(), payment: textColumn(6) };
const clients = [
  { id: 'north', rows: [{ fare: 2.5, payment: 'cash' }, { fare: 2.5 }, { fare: null, payment: 'card' }] },
  {
    id: 'south',
    rows: [
      { fare: -1, payment: 'cash' },
      { fare: 7, payment: 'cash' },
    ],
  },
  { id: 'none', rows: [] },
];
const tables = tablesOf({ name: 'taxis', columns, clients });

populationContract('tablePopulation', () => tablePopulation(tables, { joint: [['fare', 'payment']] }), {
  joinsEqual: true,
});

interface Column {
  readonly values: {
    readonly length: number;
    readonly columns: Record<'value' | 'rows', { readonly data: number[] }>;
  };
  readonly missing: { readonly data: Int32Array };
}

async function columnsOf(index: number): Promise<readonly [Column, Column]> {
  const value = await tablePopulation(tables).load(index);
  return (value as unknown as { readonly columns: readonly [Column, Column] }).columns;
}

describe('tablePopulation', () => {
  test('gives each different value once, with its rows, and how many rows miss it', async () => {
    const [fare, payment] = await columnsOf(0);
    expect([...fare.values.columns.rows.data]).toEqual([2]);
    expect(readNumber(columns.fare, fare.values.columns.value.data)).toBe(2.5);
    expect(fare.missing.data[0]).toBe(1);
    const texts = [0, 6].map((at) => readText(columns.payment, payment.values.columns.value.data, at));
    expect([texts, [...payment.values.columns.rows.data]]).toEqual([
      ['cash', 'card'],
      [1, 1],
    ]);
    expect(payment.missing.data[0]).toBe(1);
  });

  test('keeps joint columns row by row, of the rows alone in which none is missing', async () => {
    const value = await tablePopulation(tables, { joint: [['fare', 'payment']] }).load(0);
    const [{ rows }] = (
      value as unknown as { readonly joint: readonly [{ readonly rows: { readonly length: number } }] }
    ).joint;
    expect(rows.length).toBe(1);
  });

  test('has a type by the place of each column', () => {
    expect(formatType(tablePopulation(tables).dataType)).toBe(
      '<columns=<<values=<value=uint8[8],rows=int32>*,missing=int32>,<values=<value=uint8[6],rows=int32>*,missing=int32>>,joint=<>>',
    );
  });

  test('refuses a value that does not fit, with client and column', async () => {
    const long = tablesOf({ columns, clients: [{ id: 'north', rows: [{ payment: 'cheque and more' }] }] });
    expect(() => tablePopulation(long).load(0)).toThrow(
      `column 'payment' of north must hold text of at most 6 bytes without a NUL, got "cheque and more"`,
    );
    expect(() => tablesOf({ columns, clients: [{ id: 'north', rows: [{ fare: 'free' }] }] })).toThrow(
      "Cannot make tables: column 'fare' of row 0 of north must be a number or null, got 'free'",
    );
  });

  test('refuses a joint column that is not there, and names the near one', () => {
    expect(() => tablePopulation(tables, { joint: [['fares']] })).toThrow("got 'fares'");
  });
});

describe('splitTables', () => {
  const many = tablesOf({
    columns: { x: numberColumn(), y: textColumn(8) },
    clients: ['a', 'b', 'c'].map((id, at) => ({
      id,
      rows: Array.from({ length: 2000 }, (_, row) => ({ x: row % 1500, y: `${at} ${row % 1500}` })),
    })),
  });
  const numbersIn = async (part: Tables, client: number): Promise<readonly number[]> =>
    [...(await part.table(client)).columns['x']!.values] as number[];

  test('puts two of three rows to train and one to eval, by default, and each to one of them', async () => {
    const { train, eval: held } = splitTables(many, { salt: 7 });
    const [a, b] = [await numbersIn(train, 0), await numbersIn(held, 0)];
    expect(a.length + b.length).toBe(2000);
    // 1,500 tosses of 2/3: the standard deviation of the share is 1.2 %; five of them.
    expect(Math.abs(new Set(a).size / 1500 - 2 / 3)).toBeLessThan(0.06);
    expect(a.filter((x) => b.includes(x))).toEqual([]); // equal rows are together
  });

  test('depends on the salt and the row, and on no other row or client', async () => {
    const one = splitTables(many, { salt: 7, by: ['x'] });
    const [first, second] = [await numbersIn(one.train, 0), await numbersIn(one.train, 1)];
    expect(first).toEqual(second);
    expect(await numbersIn(splitTables(many, { salt: 8, by: ['x'] }).train, 0)).not.toEqual(first);
  });

  test('counts the rows of each part', async () => {
    const parts = splitTables(many, { salt: 7 });
    for (const part of [parts.train, parts.eval]) {
      expect(part.rowCount(1)).toBe((await part.table(1)).length);
    }
    expect(parts.train.rowCount(1) + parts.eval.rowCount(1)).toBe(2000);
  });

  test('is known by its shares, too', () => {
    const wide = splitTables(many, { salt: 7, parts: { train: 9, eval: 1 } });
    expect(wide.train.fingerprint).not.toEqual(splitTables(many, { salt: 7 }).train.fingerprint);
  });

  test('has parts by other names and shares', async () => {
    const parts = splitTables(many, { salt: 7, parts: { train: 8, validate: 1, test: 1 } });
    const sizes = await Promise.all(
      [parts.train, parts.validate, parts.test].map(async (part) => (await numbersIn(part, 0)).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2000);
    expect(sizes[0]).toBeGreaterThan(1400);
  });

  test('refuses a column that is not there', () => {
    expect(() => splitTables(many, { salt: 7, by: ['z'] })).toThrow(
      "by must name columns among x, y, got 'z'",
    );
  });
});
