// Broken CSV files: each is an error that says where, what was needed, what stood there, and what to do.
import { float32, int32, uint8 } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { categories, text } from '../columns/column-type.js';
import { FileError } from '../errors/file-error.js';
import { written } from '../testing/written-file.js';
import { type CsvOptions, readCsv } from './read-csv.js';

const utf16 = Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x0a, 0]);
const latin1 = Uint8Array.from([...Buffer.from('a,b\n1,x\n2,'), 0xe9, 0x0a]);
const zero = Uint8Array.from([0x61, 0x0a, 0x31, 0, 0x0a]);
const gzip = Uint8Array.from([0x1f, 0x8b, 8, 0]);
const cases: readonly (readonly [string, string | Uint8Array, CsvOptions, string])[] = [
  ['is empty', '', {}, 'it must hold data, got an empty file. Check how it was made.'],
  [
    'has blank lines alone',
    '\n\n',
    {},
    'line 3 must begin with the names of the columns, got no line end within 2 bytes. Is it a CSV file?',
  ],
  ['has a header alone', 'a,b\n', {}, 'it must have rows, got none. Check how it was made.'],
  ['is UTF-16', utf16, {}, 'it must be UTF-8, got UTF-16. Convert it: iconv -f UTF-16 -t UTF-8.'],
  [
    'is Latin-1',
    latin1,
    {},
    'it must be UTF-8, got other bytes. Convert the file, such as iconv -f ISO-8859-1 -t UTF-8.',
  ],
  ['is packed', gzip, {}, 'it must be text, got a gzip archive. Unpack it: gunzip.'],
  ['has a zero byte', zero, {}, 'it must be text, got a zero byte at 3. Is it a CSV file?'],
  [
    'has a column without a name',
    'a,,c\n1,2,3\n',
    {},
    'line 1 must name every column, got no name for number 2. Name it, or give all names in header if the file has none.',
  ],
  [
    'has a name twice',
    'a,b,a\n1,2,3\n',
    {},
    "line 1 must give each column a name of its own, got 'a' for numbers 1 and 3. Rename one of them.",
  ],
  [
    'lacks the client’s column',
    'site,x\na,1\n',
    { client: 'sites' },
    "it must have a column 'sites', which client names, got site, x. Name one of these; did you mean 'site'?",
  ],
  [
    'lacks a wanted column',
    'a,b\n1,2\n',
    { columns: ['c'] },
    "it must have a column 'c', which columns names, got a, b. Name one of these.",
  ],
  [
    'has a short row',
    'a,b\n1,2\n3\n',
    {},
    "line 3 must have 2 cells, as the header has, got 1. Cells stand between ','; put a cell that contains it in quotes, or give another delimiter.",
  ],
  ['has a long row', 'a,b\n"x\ny",2\n3,4,5\n', {}, 'line 4 must have 2 cells, as the header has, got 3.'],
  [
    'does not close a quote',
    'a,b\n1,2\n3,"4\n5,6\n',
    {},
    'line 3 opens a quote that is never closed. Close it, or double it if it is part of the text.',
  ],
  [
    'has a quote inside a cell',
    'a,b\n1,5" disk\n',
    {},
    'line 2 has a quote inside a cell that does not begin with one. Put the cell in quotes, and double those in it: "5"" disk".',
  ],
  [
    'has text after a quote',
    'a,b\n1,"2"3\n',
    {},
    'line 2 has text after the closing quote of a cell. Double the quotes that are part of the text: "5"" disk".',
  ],
  [
    'misses a value',
    'a,b\n1,2\n3,\n4,\n',
    {},
    "line 3, column 'b' must have a value, got none (and 1 more). Say missing: { fill: { b: 0 } } or another value, or missing: { rows: 'drop' }.",
  ],
  [
    'misses a client',
    'c,x\na,1\n,2\n',
    { client: 'c' },
    "line 3, column 'c' must name the client, got nothing. Fill it in, or leave such rows out: missing: { rows: 'drop' }.",
  ],
  [
    'has a column without values',
    'a,b\n1,\n2,\n',
    {},
    "column 'b' must have values, got none. Leave it out: name the others in columns, or give its type in types and a fill in missing.",
  ],
  [
    'has a mark among numbers',
    'a\n1\n?\n',
    { types: { a: float32() } },
    "line 3, column 'a' must be a number, got '?'. If it marks a missing value, say missing: { marks: ['?'] }; else give another type in types.",
  ],
  [
    'has a mark that nobody named',
    'a\n1\n2\n3\n4\n?\n',
    {},
    "line 6, column 'a' must be a number, as 4 other values are, got '?'. If it marks a missing value, say missing: { marks: ['?'] }; if all is text, types: { a: text(1) }.",
  ],
  [
    'has a decimal comma',
    'a;b\n1;2,5\n',
    { types: { b: float32() } },
    "line 2, column 'b' must be a number, got '2,5'. Write decimals with a point.",
  ],
  [
    'has a fraction among whole numbers',
    'a\n1\n1.5\n',
    { types: { a: int32() } },
    "line 3, column 'a' must be a whole number from -2147483648 to 2147483647, got '1.5'.",
  ],
  [
    'has a number out of range',
    'a\n256\n',
    { types: { a: uint8() } },
    "line 2, column 'a' must be a whole number from 0 to 255, got '256'.",
  ],
  [
    'has text that is too long',
    'a\nabcd\n',
    { types: { a: text(3) } },
    "line 2, column 'a' must be text of at most 3 bytes, got 'abcd'.",
  ],
  [
    'has an unknown category',
    'a\nm\nx\n',
    { types: { a: categories(['f', 'm']) } },
    "line 3, column 'a' must be one of 'f', 'm', got 'x'.",
  ],
];

test.each(cases)(
  '`readCsv` of a file that %s says where, and what to do',
  async (_, content, options, message) => {
    const path = written('broken.csv', content);
    const error = await readCsv(path, options).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code: 'bad-file', path });
    expect((error as FileError).message).toContain(`Cannot read broken.csv: ${message}`);
  },
);

test('`readCsv` of a file that is not there, or is a folder, says so', async () => {
  await expect(readCsv('/nowhere/a.csv')).rejects.toThrow(
    'Cannot read a.csv: it must be there, got no such file.',
  );
  await expect(readCsv('/')).rejects.toThrow('must be a file, got a folder. Name the file in it.');
});

test('`readCsv` refuses options that are misspelled', async () => {
  await expect(readCsv('a.csv', { clients: 'a' } as CsvOptions)).rejects.toThrow(
    "got 'clients'; did you mean 'client'?",
  );
  await expect(readCsv('a.csv', { missing: { mark: ['?'] } as never })).rejects.toThrow(
    "got 'mark'; did you mean 'marks'?",
  );
});
