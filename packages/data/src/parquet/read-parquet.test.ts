import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bool, float32, float64, int32, struct, uint8 } from '@starling/federated-core';
import { populationContract } from '@starling/population/contract';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { text } from '../columns/column-type.js';
import { numbers, written } from '../testing/written-file.js';
import { inspectParquet } from './inspect-parquet.js';
import { readParquet } from './read-parquet.js';

type Column = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number];

function parquet(columnData: readonly Column[], rowGroupSize = 2): string {
  return written(
    'a.parquet',
    new Uint8Array(parquetWriteBuffer({ columnData: [...columnData], rowGroupSize })),
  );
}

const flights: readonly Column[] = [
  { name: 'origin', data: ['ulm', 'bonn', 'ulm', 'kiel', 'ulm'], type: 'STRING' },
  { name: 'delay', data: [1n, -2n, 3n, 4n, 5n], type: 'INT64' },
  { name: 'distance', data: [0.5, 1, 2, 3, 4], type: 'DOUBLE' },
  { name: 'late', data: [true, false, true, false, true], type: 'BOOLEAN' },
  { name: 'date', data: [0, 1, 2, 3, 4].map((day) => new Date(86_400_000 * day)), type: 'TIMESTAMP' },
  {
    name: 'pair',
    data: [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ],
    type: 'JSON',
  },
];

const folder = mkdtempSync(join(tmpdir(), 'starling-parquet-'));
const path = join(folder, 'known.parquet');
writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData: flights.slice(0, 4) })));
const known = await readParquet(path, { client: 'origin' });
rmSync(folder, { recursive: true }); // its columns are in memory

populationContract('readParquet', () => known);

describe('readParquet', () => {
  test('gives each client its rows from all row groups, in the order of the file', async () => {
    const data = await readParquet(parquet(flights.slice(0, 5)), { client: 'origin' });
    expect([...data.clientIds()]).toEqual(['ulm', 'bonn', 'kiel']);
    expect(data.element).toEqual(
      struct({ delay: int32(), distance: float32(), late: bool(), date: float64() }),
    );
    expect(await numbers(data, 0, 'delay')).toEqual([1, 3, 5]);
    expect(await numbers(data, 0, 'late')).toEqual([1, 1, 1]);
    expect(await numbers(data, 0, 'date')).toEqual([0, 172_800_000, 345_600_000]);
    expect(await numbers(data, 2, 'distance')).toEqual([3]);
    expect([0, 1, 2].map((index) => data.exampleCount(index))).toEqual([3, 1, 1]);
  });

  test('takes lists of numbers as tensors, and text as bytes', async () => {
    const data = await readParquet(parquet(flights), { columns: ['pair', 'origin'] });
    expect(data.element).toEqual(struct({ pair: int32(2), origin: uint8(4) }));
    expect(await numbers(data, 0, 'pair')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  const gaps: readonly Column[] = [
    { name: 'c', data: ['a', 'a', null, 'b'], type: 'STRING', nullable: true },
    { name: 'x', data: [1, null, 3, 4], type: 'INT32', nullable: true },
    { name: 't', data: ['p', 'q', 'NA', 'r'], type: 'STRING' },
  ];

  test('fills, drops or refuses missing values', async () => {
    const filled = await readParquet(parquet(gaps), { columns: ['x'], missing: { fill: { x: -1 } } });
    expect(await numbers(filled, 0, 'x')).toEqual([1, -1, 3, 4]);
    const dropped = await readParquet(parquet(gaps), {
      client: 'c',
      missing: { rows: 'drop', marks: ['NA'] },
    });
    expect([...dropped.clientIds()]).toEqual(['a', 'b']);
    expect(await numbers(dropped, 0, 'x')).toEqual([1]);
    await expect(readParquet(parquet(gaps), { client: 'c' })).rejects.toThrow(
      "row 2, column 'x' must have a value, got none. Say missing: { fill: { x: 0 } }",
    );
    await expect(readParquet(parquet(gaps), { client: 'c', columns: ['t'] })).rejects.toThrow(
      "row 3, column 'c' must name the client, got nothing",
    );
  });

  test('says in which row a given type does not fit', async () => {
    await expect(
      readParquet(parquet(flights), { columns: ['delay'], types: { delay: uint8() } }),
    ).rejects.toThrow(
      "row 2, column 'delay' must be a whole number from 0 to 255, got -2. Give another type in types.",
    );
    await expect(
      readParquet(parquet(flights), { columns: ['origin'], types: { origin: text(3) } }),
    ).rejects.toThrow("row 2, column 'origin' must be text of at most 3 bytes, got 'bonn'");
  });

  test.each([
    ['is something else', 'x,y\n1,2\n3,4\n5,6\n'],
    ['is empty except for its magic', 'PAR1PAR1'],
    ['ends early', new Uint8Array(parquetWriteBuffer({ columnData: [...flights] })).subarray(0, 200)],
  ])('refuses a file that %s', async (_, content) => {
    await expect(readParquet(written('a.parquet', content))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('it must be a whole Parquet file, got'),
      remedy: 'Check its format, and whether it was copied to its end.',
    });
  });

  test('refuses a column whose bytes are damaged, by its name', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'x', data: [1, 2, 3], type: 'INT32' }] }),
    );
    bytes.fill(0xff, 4, 30);
    await expect(readParquet(written('a.parquet', bytes))).rejects.toMatchObject({
      code: 'bad-file',
      column: 'x',
    });
  });
});

test('`inspectParquet` tells types, extremes and clients', async () => {
  const report = await inspectParquet(parquet(flights.slice(0, 3)), { client: 'origin' });
  expect(report).toMatchObject({
    format: 'Parquet',
    rows: 5,
    clients: { column: 'origin', count: 3, rows: { min: 1, median: 1, max: 3 } },
  });
  expect(report.columns.map(({ name, type, min, max }) => [name, type, min, max])).toEqual([
    ['origin', 'text(4)', null, null],
    ['delay', 'int32()', -2, 5],
    ['distance', 'float32()', 0.5, 4],
  ]);
});
