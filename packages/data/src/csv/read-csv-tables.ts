// A CSV or TSV file as tables by client, in which values may be missing: what statistics are computed on. Like
// `readCsv` it reads the file once when it is opened, checks every cell, and then reads client by client.
import type { Table, Tables } from '@starling/population';
import { type CellTaker, cellTaker, tableColumnOf } from '../columns/table-cells.js';
import { tableColumns } from '../columns/table-columns.js';
import type { TablesOptions } from '../columns/tables-options.js';
import { bareName, dataFile } from '../files/data-file.js';
import { readRuns } from '../rows/read-runs.js';
import { cellNumber } from './cell-number.js';
import { Cells, cellText, readCells } from './cells.js';
import { csvHeader } from './csv-header.js';
import { scanCsv } from './scan-csv.js';

export function readCsvTables(path: string, options: TablesOptions): Tables {
  const file = dataFile(path);
  const header = csvHeader(file, {});
  const { client, wanted: chosen } = tableColumns(path, header.names, options);
  const { marks = [] } = options;
  // A fill, so that a missing value is none that the scan refuses; it is never used.
  const wanted = chosen.map((column) => ({ ...column, fill: 0 }));
  const { runs, facts } = scanCsv(file, header, { columns: { client, wanted }, missing: { marks } });
  const types = wanted.map(({ name }) => tableColumnOf(facts.get(name)!, path, 'line'));
  const delimiter = header.delimiter.charCodeAt(0);
  const isMark = new Set(marks);
  const cells = new Cells();
  const take = (bytes: Buffer, at: number, taker: CellTaker, isText: boolean, row: number): void => {
    const [begin, end] = [cells.starts[at] as number, cells.ends[at] as number];
    const text = isText || isMark.size > 0 ? cellText(bytes, cells, at) : '';
    if (begin === end || isMark.has(text)) taker.take(undefined, row);
    else taker.take(isText ? text : cellNumber(bytes, begin, end), row);
  };
  return {
    name: options.name ?? bareName(path),
    columns: Object.fromEntries(wanted.map(({ name }, at) => [name, types[at]!])),
    size: runs.ids.length,
    clientId: (index) => runs.ids[index] as string,
    rowCount: runs.rowCount,
    table: (index): Table => {
      const length = runs.rowCount(index);
      const takers = types.map((type) => cellTaker(type, length));
      let row = 0;
      readRuns(file, runs.runs(index), (bytes, begin, end) => {
        for (let at = begin; at < end; row++) {
          at = readCells(bytes, at, end, true, delimiter, cells);
          for (let one = 0; one < takers.length; one++) {
            take(bytes, wanted[one]!.source, takers[one]!, types[one]!.kind === 'text', row);
          }
        }
      });
      return {
        length,
        columns: Object.fromEntries(wanted.map(({ name }, at) => [name, takers[at]!.cells()])),
      };
    },
    fingerprint: { file: file.hash() },
  };
}
