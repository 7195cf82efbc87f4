// The one pass over a CSV file: it finds each client's rows, gathers what stands in each column, and checks every cell
// that is wanted, so that nothing can be wrong later.
import { isUtf8 } from 'node:buffer';
import { ColumnFacts } from '../columns/column-facts.js';
import { type ColumnWriter, columnWriter, readBoolean } from '../columns/column-writer.js';
import type { TableColumns, WantedColumn } from '../columns/table-columns.js';
import type { MissingOptions } from '../columns/table-options.js';
import { FileError, quoted } from '../errors/file-error.js';
import { missingValue, noClient, noRows } from '../errors/table-faults.js';
import type { DataFile } from '../files/data-file.js';
import { type RowRuns, RowRunsBuilder } from '../rows/row-runs.js';
import { cellNumber } from './cell-number.js';
import { type CsvHeader, isBlank, notUtf8, recordOrFault } from './csv-header.js';
import { Cells, cellText, readRecord } from './record.js';

/** Bytes that are read at once; a record may be 64 times as long. */
const CHUNK_BYTES = 1 << 20;
const MAX_RECORD_BYTES = 64 * CHUNK_BYTES;
/** The name of the client that has all rows, where no column names clients. */
export const ALL = 'all';

export interface CsvScan {
  readonly runs: RowRuns;
  readonly facts: ReadonlyMap<string, ColumnFacts>;
  /** Rows that are kept, and rows that were left out since they miss a value. */
  readonly rows: number;
  readonly dropped: number;
}

export interface CsvScanOptions {
  readonly columns: TableColumns;
  readonly missing?: MissingOptions;
  /** Takes missing values as they come, and counts different values: to show what there is. */
  readonly inspects?: boolean;
}

/** Calls `use` for every record from `begin` on with its bytes, where they begin and end in the file, and its line. */
export function eachRecord(
  file: DataFile,
  header: CsvHeader,
  cells: Cells,
  use: (bytes: Buffer, begin: number, end: number, line: number) => void,
): void {
  const delimiter = header.delimiter.charCodeAt(0);
  file.open((read) => {
    let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let offset = header.begin;
    let filled = read(buffer, offset);
    let at = 0;
    let { line } = header;
    while (at < filled || offset + filled < file.bytes) {
      const isFileEnd = offset + filled >= file.bytes;
      const next = recordOrFault(file.path, line, () =>
        readRecord(buffer, at, filled, isFileEnd, delimiter, cells),
      );
      if (next >= 0) {
        use(buffer, offset + at, offset + next, line);
        line += cells.newlines + 1;
        at = next;
        continue;
      }
      if (at === 0 && filled === buffer.length) {
        if (buffer.length >= MAX_RECORD_BYTES) {
          throw new FileError({
            path: file.path,
            line,
            need: `must end within ${MAX_RECORD_BYTES} bytes`,
            got: 'a longer row',
            remedy: 'Look for a quote that is not closed.',
          });
        }
        buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      }
      buffer.copyWithin(0, at, filled);
      offset += at;
      filled -= at;
      at = 0;
      filled += read(buffer.subarray(filled), offset + filled);
    }
  });
}

/** Throws a `FileError` at the first cell, in the order of the file, that is not what it must be. */
export function scanCsv(file: DataFile, header: CsvHeader, options: CsvScanOptions): CsvScan {
  const { path } = file;
  const { columns, missing: { marks = [], rows: policy = 'refuse' } = {}, inspects = false } = options;
  const { names } = header;
  const isMark = new Set(marks);
  const cells = new Cells();
  const builder = new RowRunsBuilder();
  const facts = columns.wanted.map(({ name }) => new ColumnFacts(name, inspects));
  const writers = columns.wanted.map(({ given }) => (given === null ? null : columnWriter(given, 1)));
  let rows = 0;
  let dropped = 0;
  let client = ALL;
  let clientBytes: Buffer = Buffer.alloc(0);

  eachRecord(file, header, cells, (bytes, begin, end, line) => {
    if (isBlank(cells) && names.length > 1) return;
    if (cells.count !== names.length) throw wrongCount(path, line, names, cells.count, header.delimiter);
    let isDropped = false;
    if (columns.client >= 0) {
      const place = columns.client;
      const own = bytes.subarray(cells.starts[place], cells.ends[place]);
      if (!own.equals(clientBytes)) {
        if (!isUtf8(own)) throw notUtf8(path, line, names[place]);
        clientBytes = Buffer.from(own);
        client = cellText(bytes, cells, place);
      }
      if (isMissing(own.length, client)) {
        if (policy === 'refuse' && !inspects) throw noClient({ path, line, column: names[place] as string });
        isDropped = true;
      }
    }
    for (let at = 0; at < facts.length; at++) {
      const column = columns.wanted[at] as WantedColumn;
      const isThere = readCell(
        bytes,
        column,
        facts[at] as ColumnFacts,
        writers[at] as ColumnWriter | null,
        line,
      );
      if (!isThere && column.fill === undefined) isDropped = true;
    }
    if (isDropped && policy === 'drop') dropped++;
    else {
      rows++;
      if (!(isDropped && inspects && columns.client >= 0 && clientBytes.length === 0))
        builder.add(client, begin, end);
    }
  });

  function isMissing(length: number, text: string): boolean {
    return length === 0 || (isMark.size > 0 && isMark.has(text));
  }

  /** Notes what stands in a cell; false if it is a missing value. */
  function readCell(
    bytes: Buffer,
    { source, name }: WantedColumn,
    facts: ColumnFacts,
    writer: ColumnWriter | null,
    line: number,
  ): boolean {
    const begin = cells.starts[source] as number;
    const end = cells.ends[source] as number;
    if (begin === end) {
      facts.addMissing(line);
      return false;
    }
    const number = writer?.takesText === true ? Number.NaN : cellNumber(bytes, begin, end);
    if (!Number.isNaN(number) && isMark.size === 0) {
      if (writer !== null && !writer.write(number, 0)) throw misfit(path, line, name, writer, String(number));
      facts.addNumber(number, line);
      return true;
    }
    const text = cellText(bytes, cells, source);
    if (isMark.has(text)) {
      facts.addMissing(line);
      return false;
    }
    if (!Number.isNaN(number)) {
      if (writer !== null && !writer.write(number, 0)) throw misfit(path, line, name, writer, text);
      facts.addNumber(number, line);
      return true;
    }
    if (text.includes('\ufffd') && !isUtf8(bytes.subarray(begin, end))) throw notUtf8(path, line, name);
    if (writer !== null && !writer.write(text, 0)) throw misfit(path, line, name, writer, text);
    facts.addText(text, line, readBoolean(text) !== null);
    return true;
  }

  if (rows === 0) throw noRows(path, dropped);
  if (policy === 'refuse' && !inspects) checkMissingValues(path, columns.wanted, facts);
  return { runs: builder.finish(), facts: new Map(facts.map((fact) => [fact.name, fact])), rows, dropped };
}

function checkMissingValues(
  path: string,
  wanted: readonly WantedColumn[],
  facts: readonly ColumnFacts[],
): void {
  const [first] = facts
    .filter(({ missing, values }, at) => missing > 0 && values > 0 && wanted[at]?.fill === undefined)
    .sort((left, right) => left.firstMissing - right.firstMissing);
  if (first === undefined) return;
  throw missingValue({ path, line: first.firstMissing, column: first.name }, first.missing);
}

function misfit(path: string, line: number, column: string, { need }: ColumnWriter, got: string): FileError {
  const remedy = /^-?\d+,\d+$/.test(got)
    ? 'Write decimals with a point.'
    : `If it marks a missing value, say missing: { marks: [${quoted(got)}] }; else give another type in types.`;
  return new FileError({ path, line, column, need: `must be ${need}`, got: quoted(got), remedy });
}

function wrongCount(
  path: string,
  line: number,
  names: readonly string[],
  got: number,
  delimiter: string,
): FileError {
  const between = delimiter === '\t' ? 'a tab' : `'${delimiter}'`;
  return new FileError({
    path,
    line,
    need: `must have ${names.length} cells, as the header has`,
    got: String(got),
    remedy: `Cells stand between ${between}; put a cell that contains it in quotes, or give another delimiter.`,
  });
}
