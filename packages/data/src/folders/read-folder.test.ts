import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../csv/read-csv.js';
import { numbers, written } from '../testing/written-file.js';
import { readFolder } from './read-folder.js';

describe('readFolder', () => {
  test('makes a client of each file, in the order of their names', async () => {
    const folder = dirname(written('p/zoe.csv', 'x\n1\n2\n'));
    written('p/adam.csv', 'x\n3\n');
    written('p/.hidden', '');
    const data = await readFolder(folder, (path) => readCsv(path));
    expect([...data.clientIds()]).toEqual(['adam', 'zoe']);
    expect(await numbers(data, 1, 'x')).toEqual([1, 2]);
    expect(data.exampleCount(0)).toBe(1);
  });

  test.each([
    [
      'rows of another type',
      'x\n1.5\n',
      'must have rows of <x=int32>, as a.csv has, got <x=float32>. Give types',
    ],
    ['a row that is broken', 'x\n1,2\n', 'line 2 must have 1 cells'],
    ['nothing in it', '', 'it must hold data, got an empty file'],
  ])('names the file that has %s', async (_, content, message) => {
    const folder = dirname(written('p/a.csv', 'x\n1\n'));
    written('p/b.csv', content);
    const read = readFolder(folder, (path) => readCsv(path));
    await expect(read).rejects.toThrow('Cannot read b.csv: ');
    await expect(read).rejects.toThrow(message);
  });

  test('refuses a folder that is not there, and files of several clients', async () => {
    await expect(readFolder('/nowhere', (path) => readCsv(path))).rejects.toThrow(
      'must be a folder, got none',
    );
    const folder = dirname(written('p/a.csv', 'c,x\na,1\nb,1\n'));
    await expect(readFolder(folder, (path) => readCsv(path, { client: 'c' }))).rejects.toThrow(
      'must hold the rows of one client, got 2 clients',
    );
  });
});
