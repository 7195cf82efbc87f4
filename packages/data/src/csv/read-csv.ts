// A CSV or TSV file as client data. The file is read once when it is opened, and then client by client.

import type { Dataset } from '@starling/federated-core';
import { checkChoice, checkOptions, kinds } from '@starling/federated-core/plan';
import type { ClientData } from '@starling/population';
import { columnWriter } from '../columns/column-writer.js';
import { type TypedColumn, tableColumns, typedColumns } from '../columns/table-columns.js';
import { checkMissing, type TableOptions, tableChecks } from '../columns/table-options.js';
import { reading } from '../errors/reading.js';
import { type DataFile, dataFile } from '../files/data-file.js';
import { clientsOfRuns } from '../rows/clients-of-runs.js';
import { readRuns } from '../rows/read-runs.js';
import type { RowRuns } from '../rows/row-runs.js';
import { cellNumber } from './cell-number.js';
import { Cells, cellText, readCells } from './cells.js';
import { type CsvHeaderOptions, csvHeader } from './csv-header.js';
import { scanCsv } from './scan-csv.js';

export interface CsvOptions extends TableOptions, CsvHeaderOptions {}

/**
 * The rows of a CSV file, by the client that the column `client` names; clients are in the order in which they come
 * first. Types that are not given are inferred from all values (see `inferType`): whole numbers int32, other numbers
 * float32, true and false bool, anything else text. Throws a `FileError` with line, column and remedy for whatever does
 * not fit, and a `RangeError` for options that do not.
 */
export function readCsv(path: string, options: CsvOptions = {}): Promise<ClientData> {
  return reading({ path }, () => openCsv(path, options));
}

async function openCsv(path: string, options: CsvOptions): Promise<ClientData> {
  checkOptions(
    'Cannot read CSV',
    options,
    { ...tableChecks, delimiter: true, header: kinds.list },
    ELSEWHERE,
  );
  checkMissing('Cannot read CSV', options.missing);
  if (options.delimiter !== undefined) {
    checkChoice('Cannot read CSV', 'delimiter', options.delimiter, [',', '\t', ';', '|']);
  }
  const file = dataFile(path);
  const header = csvHeader(file, options);
  const columns = tableColumns(path, header.names, options);
  const { missing } = options;
  const { runs, facts } = scanCsv(file, header, { columns, ...(missing === undefined ? {} : { missing }) });
  const typed = typedColumns(path, 'line', columns.wanted, facts);
  const load = rowLoader(file, runs, typed, header.delimiter.charCodeAt(0), new Set(missing?.marks));
  return clientsOfRuns(file, runs, typed, load, options);
}

/** What other libraries call the delimiter. */
const ELSEWHERE = {
  sep: 'It is called delimiter here',
  separator: 'It is called delimiter here',
} as const;

function rowLoader(
  file: DataFile,
  runs: RowRuns,
  columns: readonly TypedColumn[],
  delimiter: number,
  marks: ReadonlySet<string>,
): (client: number) => Dataset {
  const cells = new Cells();
  return (client) => {
    const length = runs.rowCount(client);
    const targets = columns.map(({ source, type, fill }) => ({
      source,
      fill,
      writer: columnWriter(type, length),
    }));
    let row = 0;
    readRuns(file, runs.runs(client), (bytes, begin, end) => {
      for (let at = begin; at < end; ) {
        at = readCells(bytes, at, end, true, delimiter, cells);
        for (const { source, fill, writer } of targets)
          writer.write(cellValue(bytes, source, writer.takesText, fill), row);
        row++;
      }
    });
    return {
      length,
      columns: Object.fromEntries(columns.map(({ name }, at) => [name, targets[at]!.writer.tensor()])),
    };
  };

  function cellValue(bytes: Buffer, source: number, takesText: boolean, fill: TypedColumn['fill']): unknown {
    const begin = cells.starts[source] as number;
    const end = cells.ends[source] as number;
    if (begin === end) return fill;
    if (marks.size === 0 && !takesText) {
      const number = cellNumber(bytes, begin, end);
      if (!Number.isNaN(number)) return number;
    }
    const text = cellText(bytes, cells, source);
    if (marks.has(text)) return fill;
    if (takesText) return text;
    const number = cellNumber(bytes, begin, end);
    return Number.isNaN(number) ? text : number;
  }
}
