// The one pass over a CSV file: it finds each client's rows, gathers what stands in each column, and checks every cell
// that is wanted, so that nothing can be wrong later.
import { isUtf8 } from 'node:buffer';
import { ColumnFacts } from '../columns/column-facts.js';
import { type ColumnWriter, columnWriter, readBoolean } from '../columns/column-writer.js';
import type { TableColumns, WantedColumn } from '../columns/table-columns.js';
import { ALL_CLIENT, type MissingOptions } from '../columns/table-options.js';
import { FileError } from '../errors/file-error.js';
import { misfit, missingValue, noClient, noRows } from '../errors/table-faults.js';
import type { DataFile } from '../files/data-file.js';
import { eachPiece } from '../files/pieces.js';
import { type RowRuns, RowRunsBuilder } from '../rows/row-runs.js';
import { cellNumber } from './cell-number.js';
import { Cells, cellText, readCells } from './cells.js';
import { type CsvHeader, cellsOrFault, isBlank, notUtf8 } from './csv-header.js';

export interface CsvScan {
  readonly runs: RowRuns;
  readonly facts: ReadonlyMap<string, ColumnFacts>;
  /** Rows that are kept: those that were left out since they miss a value do not count. */
  readonly rows: number;
}

export interface CsvScanOptions {
  readonly columns: TableColumns;
  readonly missing?: MissingOptions;
  /** Takes missing values as they come, and counts different values: to show what there is. */
  readonly inspects?: boolean;
}

/** Calls `use` for every row from `begin` on with its bytes, where they begin and end in the file, and its line. */
function eachRow(
  file: DataFile,
  header: CsvHeader,
  cells: Cells,
  use: (bytes: Buffer, begin: number, end: number, line: number) => void,
): void {
  const delimiter = header.delimiter.charCodeAt(0);
  let { line } = header;
  eachPiece(file, {
    begin: header.begin,
    take({ bytes, at, end, place, isFileEnd }) {
      const next = cellsOrFault(file.path, line, () =>
        readCells(bytes, at, end, isFileEnd, delimiter, cells),
      );
      if (next < 0) return next;
      use(bytes, place, place + next - at, line);
      line += cells.newlines + 1;
      return next;
    },
    tooLong: () => ({ line, got: 'a longer row', remedy: 'Look for a quote that is not closed.' }),
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
  let client = ALL_CLIENT;
  let clientBytes: Buffer = Buffer.alloc(0);

  eachRow(file, header, cells, (bytes, begin, end, line) => {
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
      if (writer !== null && !writer.write(number, 0))
        throw misfit({ path, line, column: name }, writer.need, String(number));
      facts.addNumber(number);
      return true;
    }
    const text = cellText(bytes, cells, source);
    if (isMark.has(text)) {
      facts.addMissing(line);
      return false;
    }
    if (!Number.isNaN(number)) {
      if (writer !== null && !writer.write(number, 0))
        throw misfit({ path, line, column: name }, writer.need, text);
      facts.addNumber(number);
      return true;
    }
    if (text.includes('\ufffd') && !isUtf8(bytes.subarray(begin, end))) throw notUtf8(path, line, name);
    if (writer !== null && !writer.write(text, 0))
      throw misfit({ path, line, column: name }, writer.need, text);
    facts.addText(text, line, readBoolean(text) !== null);
    return true;
  }

  if (rows === 0) throw noRows(path, dropped);
  if (policy === 'refuse' && !inspects) checkMissingValues(path, columns.wanted, facts);
  return { runs: builder.finish(), facts: new Map(facts.map((fact) => [fact.name, fact])), rows };
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
