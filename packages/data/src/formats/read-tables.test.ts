// Files as tables: what is missing is kept so, and what does not fit is named by its place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '@starling/population';
import { afterAll, describe, expect, test } from 'vitest';
import { readTables } from './read-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'starling-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string, name = 'trips.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('readTables', () => {
  test('keeps missing cells, whole numbers, float64 and text, client by client', async () => {
    const path = written('taxi,fare,miles,paid,empty\na,0.1,3,card,\nb,,4,NA,\na,-2.5e3,,cash,\n');
    const tables = await readTables(path, { client: 'taxi', marks: ['NA'] });
    expect(tables.columns).toEqual({
      fare: { kind: 'number', format: 'float64' },
      miles: { kind: 'number', format: 'int32' },
      paid: { kind: 'text', maxBytes: 5 },
      empty: { kind: 'number', format: 'float64' },
    });
    expect([tables.size, tables.clientId(0), tables.rowCount(0)]).toEqual([2, 'a', 2]);
    const table = (await tables.table(0)) as Table;
    expect(table.columns).toMatchObject({
      fare: { values: Float64Array.of(0.1, -2500), missing: null },
      miles: { values: Float64Array.of(3, 0), missing: Uint8Array.of(0, 1) },
      paid: { values: ['card', 'cash'] },
      empty: { missing: Uint8Array.of(1, 1) },
    });
    expect(((await tables.table(1)) as Table).columns).toMatchObject({ paid: { values: [null] } });
  });

  test('names file, line, column and what was expected of a text among numbers', async () => {
    const path = written('taxi,fare\na,1\na,2\nb,?\nb,3\nb,4\nb,5\n');
    await expect(readTables(path, { client: 'taxi' })).rejects.toThrow(
      "Cannot read trips.csv: line 4, column 'fare' must be a number, as 5 other values are, got '?'.",
    );
  });

  test('refuses a row without a client, and a column that is not there', async () => {
    const path = written('taxi,fare\na,1\n,2\n');
    await expect(readTables(path, { client: 'taxi' })).rejects.toThrow(
      "line 3, column 'taxi' must name the client",
    );
    await expect(readTables(path, { client: 'taxis' })).rejects.toThrow("must have a column 'taxis'");
  });

  test('refuses a name that says no format', async () => {
    await expect(readTables(written('a', 'trips.xyz'))).rejects.toThrow('got .xyz');
  });
});
