import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bool, float32, float64, int32, struct, uint8 } from '@starling/federated-core';
import { populationContract } from '@starling/population/contract';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { categories, text } from '../columns/column-type.js';
import { decodeText } from '../columns/text.js';
import { numbers, written } from '../testing/written-file.js';
import { readCsv } from './read-csv.js';

const hearts = 'hospital,age,chol,sick\nulm,63,233.5,true\nbonn,37,250,false\nulm,41,204,FALSE\n';
const folder = mkdtempSync(join(tmpdir(), 'starling-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'hearts.csv'), hearts);
const known = await readCsv(join(folder, 'hearts.csv'), { client: 'hospital' });

populationContract('readCsv', () => known);

describe('readCsv', () => {
  test('gives each client its rows, in the order of the file, with types inferred from all values', async () => {
    const data = await readCsv(written('hearts.csv', hearts), { client: 'hospital' });
    expect(data.name).toBe('hearts');
    expect([...data.clientIds()]).toEqual(['ulm', 'bonn']);
    expect(data.element).toEqual(struct({ age: int32(), chol: float32(), sick: bool() }));
    expect(await numbers(data, 0, 'age')).toEqual([63, 41]);
    expect(await numbers(data, 0, 'chol')).toEqual([233.5, 204]);
    expect(await numbers(data, 0, 'sick')).toEqual([1, 0]);
    expect(data.exampleCount(1)).toBe(1);
  });

  test('keeps a number beyond float32 in float64, and refuses it where the type is float32', async () => {
    // The largest float32 is (2 − 2^−23) · 2^127, 3.4e38.
    const path = written('a.csv', 'x,y\n1.5,3e38\n-1e39,2\n');
    const data = await readCsv(path);
    expect(data.element).toEqual(struct({ x: float64(), y: float32() }));
    expect(await numbers(data, 0, 'x')).toEqual([1.5, -1e39]);
    await expect(readCsv(path, { types: { x: float32() } })).rejects.toThrow(
      "Cannot read a.csv: line 3, column 'x' must be a number that float32 holds, up to 3.4e38, got -1e+39. Say types: { x: float64() }",
    );
  });

  test('refuses a number beyond float64', async () => {
    const path = written('a.csv', 'x\n1\n2\n3\n4\n1e400\n');
    await expect(readCsv(path)).rejects.toThrow(
      "line 6, column 'x' must be a number, as 4 other values are, got '1e400'",
    );
    await expect(readCsv(path, { types: { x: float64() } })).rejects.toThrow(
      "line 6, column 'x' must be a number, got '1e400'",
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a fill', async (fill) => {
    await expect(readCsv(written('a.csv', 'x\n1\n'), { missing: { fill: { x: fill } } })).rejects.toThrow(
      `Cannot read CSV: missing.fill of column 'x' must be finite, got ${fill}`,
    );
  });

  test('gives one client all rows when no column names clients', async () => {
    const data = await readCsv(written('a.csv', 'x,y\n1,2\n3,4\n'));
    expect([...data.clientIds()]).toEqual(['all']);
    expect(await numbers(data, 0, 'y')).toEqual([2, 4]);
  });

  test('takes columns in the order that is asked for, and types that are given', async () => {
    const data = await readCsv(written('hearts.csv', hearts), {
      columns: ['sick', 'age', 'hospital'],
      types: { age: float64(), sick: uint8(), hospital: categories(['bonn', 'ulm']) },
      missing: { marks: ['true'], fill: { sick: 7 } },
    }).catch((error: Error) => error.message);
    expect(data).toContain("line 3, column 'sick' must be a whole number from 0 to 255, got 'false'");
    const other = await readCsv(written('hearts.csv', hearts), {
      columns: ['hospital', 'age'],
      types: { age: float64(), hospital: categories(['bonn', 'ulm']) },
    });
    expect(other.element).toEqual(struct({ hospital: int32(), age: float64() }));
    expect(await numbers(other, 0, 'hospital')).toEqual([1, 0, 1]);
  });

  test('keeps text as bytes of UTF-8, as long as the longest', async () => {
    const data = await readCsv(written('a.csv', 'name\nZoë\n"a ""b"", c"\n'));
    expect(data.element).toEqual(struct({ name: uint8(8) }));
    const { columns } = await data.rows(0);
    const bytes = (columns as never as { name: { data: Uint8Array } }).name.data;
    expect([...bytes.subarray(0, 5)]).toEqual([0x5a, 0x6f, 0xc3, 0xab, 0]);
    expect([decodeText(bytes.subarray(0, 8)), decodeText(bytes.subarray(8))]).toEqual(['Zoë', 'a "b", c']);
  });

  test.each([
    ['tabs', 'a\tb\n1\t2\n'],
    ['semicolons', 'a;b\n1;2\n'],
    ['bars', 'a|b\n1|2\n'],
    ['a byte order mark', '\ufeffa,b\n1,2\n'],
    ['Windows line ends', 'a,b\r\n1,2\r\n'],
    ['old Mac line ends', 'a,b\r1,2\r'],
    ['no line end at the end', 'a,b\n1,2'],
    ['blank lines and blanks', '\na , b\n\n 1, 2 \n\n'],
    ['quotes', '"a","b"\n"1","2"\n'],
  ])('reads %s', async (_, content) => {
    const data = await readCsv(written('a.csv', content));
    expect([await numbers(data, 0, 'a'), await numbers(data, 0, 'b')]).toEqual([[1], [2]]);
  });

  test('reads a file without a header by the names that are given', async () => {
    const data = await readCsv(written('a.csv', '1,2\n3,4\n'), { header: ['a', 'b'], client: 'a' });
    expect([...data.clientIds()]).toEqual(['1', '3']);
  });

  test('reads numbers as JavaScript does: signs, exponents, many digits', async () => {
    const texts = ['-0', '+5', '.5', '5.', '1e3', '-1.5E-7', '123456789012345678', '0.1234567890123456789'];
    const data = await readCsv(written('a.csv', `x\n${texts.join('\n')}\n`), { types: { x: float64() } });
    expect(await numbers(data, 0, 'x')).toEqual(texts.map(Number));
  });

  test('fills, drops or refuses missing values', async () => {
    const path = written('a.csv', 'c,x,y\na,1,?\nb,,2\na,3,4\n,5,6\n');
    const filled = await readCsv(path, {
      columns: ['x', 'y'],
      missing: { marks: ['?'], fill: { x: 0.5, y: -1 } },
    });
    expect(filled.element).toEqual(struct({ x: float32(), y: int32() }));
    expect(await numbers(filled, 0, 'x')).toEqual([1, 0.5, 3, 5]);
    expect(await numbers(filled, 0, 'y')).toEqual([-1, 2, 4, 6]);
    const dropped = await readCsv(path, { client: 'c', missing: { marks: ['?'], rows: 'drop' } });
    expect([...dropped.clientIds()]).toEqual(['a']);
    expect(await numbers(dropped, 0, 'x')).toEqual([3]);
    await expect(readCsv(path, { columns: ['x'] })).rejects.toThrow(
      "line 3, column 'x' must have a value, got none. Say missing: { fill: { x: 0 } } or another value, or missing: { rows: 'drop' }.",
    );
  });

  test('reads rows of one client that are far apart, and longer than what is read at once', async () => {
    const long = 'z'.repeat(3_000_000);
    const other = Array.from({ length: 20_000 }, (_, row) => `b,${row},s\n`).join('');
    const data = await readCsv(written('a.csv', `c,x,t\na,1,${long}\n${other}a,2,"${long}"\n`), {
      client: 'c',
      columns: ['x'],
      cacheBytes: 0,
    });
    expect(await numbers(data, 0, 'x')).toEqual([1, 2]);
    expect((await numbers(data, 1, 'x'))[19_999]).toBe(19_999);
  });

  test('refuses a file that has changed since', async () => {
    const path = written('a.csv', 'x\n1\n');
    const data = await readCsv(path);
    appendFileSync(path, '2\n');
    expect(() => data.rows(0)).toThrow(
      'must stay as it was when it was opened, got a changed file. Read it anew.',
    );
  });

  test('gives back any table: every text in quotes, cut at any place by what is read at once', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', ' ', '1'), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('p', 'q'), cell), { minLength: 1 }),
        async (rows) => {
          const lines = rows.map(([client, value]) => `${client},"x${value.replaceAll('"', '""')}"\n`);
          const path = join(folder, 'any.csv');
          writeFileSync(path, `c,v\n${lines.join('')}`);
          const data = await readCsv(path, { client: 'c', types: { v: text(20) } });
          for (const [index, id] of [...data.clientIds()].entries()) {
            const { columns, length } = await data.rows(index);
            const bytes = (columns as never as { v: { data: Uint8Array } }).v.data;
            const texts = Array.from({ length }, (_, row) =>
              decodeText(bytes.subarray(20 * row, 20 * row + 20)),
            );
            expect(texts).toEqual(rows.filter(([client]) => client === id).map(([, value]) => `x${value}`));
          }
        },
      ),
    );
  });
});
