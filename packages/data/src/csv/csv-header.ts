// The first lines of a CSV file: how it is encoded, what separates its cells, and how its columns are called.
import { isUtf8 } from 'node:buffer';
import { FileError, quoted } from '../errors/file-error.js';
import type { DataFile } from '../files/data-file.js';
import { Cells, cellText, RowFault, readCells } from './cells.js';

/** A header may be this long. */
const MAX_HEADER_BYTES = 1 << 20;
const DELIMITERS = [',', '\t', ';', '|'] as const;

export type Delimiter = (typeof DELIMITERS)[number];

export interface CsvHeader {
  readonly names: readonly string[];
  readonly delimiter: Delimiter;
  /** Where the first row begins, and its line. */
  readonly begin: number;
  readonly line: number;
}

export interface CsvHeaderOptions {
  /** What separates cells: the one of `,` tab `;` and `|` that is most frequent in the first line, by default. */
  readonly delimiter?: Delimiter;
  /** The names of the columns of a file without a header. */
  readonly header?: readonly string[];
}

/** Throws a `FileError` for a file that is not UTF-8 text, or whose columns have no names, or one name twice. */
export function csvHeader(file: DataFile, options: CsvHeaderOptions): CsvHeader {
  const { path } = file;
  const bytes = Buffer.alloc(Math.min(MAX_HEADER_BYTES, file.bytes));
  file.read(bytes, 0);
  checkText(path, bytes, bytes.length === file.bytes);
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const delimiter = options.delimiter ?? likelyDelimiter(bytes, start);
  if (options.header !== undefined)
    return { names: checkNames(path, 0, options.header), delimiter, begin: start, line: 1 };
  const cells = new Cells();
  const isFileEnd = bytes.length === file.bytes;
  let begin = start;
  let line = 1;
  for (;;) {
    const next = cellsOrFault(path, line, () =>
      readCells(bytes, begin, bytes.length, isFileEnd, delimiter.charCodeAt(0), cells),
    );
    if (next < 0 || begin >= bytes.length) {
      throw new FileError({
        path,
        line,
        need: 'must begin with the names of the columns',
        got: `no line end within ${bytes.length} bytes`,
        remedy: 'Is it a CSV file?',
      });
    }
    if (!isBlank(cells)) {
      const names = Array.from({ length: cells.count }, (_, cell) => cellText(bytes, cells, cell).trim());
      return {
        names: checkNames(path, line, names),
        delimiter,
        begin: next,
        line: line + cells.newlines + 1,
      };
    }
    begin = next;
    line++;
  }
}

/** What `read` gives; a `RowFault` becomes a `FileError` at its line. */
export function cellsOrFault(path: string, line: number, read: () => number): number {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof RowFault)) throw fault;
    throw new FileError({
      path,
      line: line + fault.lines,
      need: fault.message,
      remedy: fault.remedy,
      cause: fault,
    });
  }
}

/** Whether a row is a line with nothing on it. */
export function isBlank({ count, starts, ends, quotes }: Cells): boolean {
  return count === 1 && starts[0] === ends[0] && quotes[0] === 0;
}

function checkText(path: string, bytes: Buffer, isWhole: boolean): void {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileError({
      path,
      need: 'must be UTF-8',
      got: 'UTF-16',
      remedy: 'Convert it: iconv -f UTF-16 -t UTF-8.',
    });
  }
  if (first === 0x1f && second === 0x8b) {
    throw new FileError({ path, need: 'must be text', got: 'a gzip archive', remedy: 'Unpack it: gunzip.' });
  }
  if (bytes.includes(0)) {
    throw new FileError({
      path,
      need: 'must be text',
      got: `a zero byte at ${bytes.indexOf(0)}`,
      remedy: 'Is it a CSV file?',
    });
  }
  if (isWhole && !isUtf8(bytes)) {
    throw notUtf8(path);
  }
}

export function notUtf8(path: string, line?: number, column?: string): FileError {
  return new FileError({
    path,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    need: 'must be UTF-8',
    got: 'other bytes',
    remedy: 'Convert the file, such as iconv -f ISO-8859-1 -t UTF-8.',
  });
}

function likelyDelimiter(bytes: Buffer, start: number): Delimiter {
  const end = bytes.indexOf(0x0a, start);
  const line = bytes.toString('latin1', start, end < 0 ? bytes.length : end).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as Delimiter;
}

function checkNames(path: string, line: number, names: readonly string[]): readonly string[] {
  const place = line === 0 ? {} : { line };
  names.forEach((name, index) => {
    if (name.includes('\ufffd')) throw notUtf8(path, line);
    if (name === '') {
      throw new FileError({
        path,
        ...place,
        need: `must name every column`,
        got: `no name for number ${index + 1}`,
        remedy: 'Name it, or give all names in header if the file has none.',
      });
    }
    const first = names.indexOf(name);
    if (first < index) {
      throw new FileError({
        path,
        ...place,
        need: 'must give each column a name of its own',
        got: `${quoted(name)} for numbers ${first + 1} and ${index + 1}`,
        remedy: 'Rename one of them.',
      });
    }
  });
  return names;
}
