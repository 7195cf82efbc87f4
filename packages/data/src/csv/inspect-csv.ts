// What a CSV file holds, told by the same pass that a reader makes, which here takes missing values as they come.
import { tableColumns } from '../columns/table-columns.js';
import { dataFile } from '../files/data-file.js';
import { clientsReport, columnReport, type DataReport } from '../inspect/data-report.js';
import { type CsvHeaderOptions, csvHeader } from './csv-header.js';
import { scanCsv } from './scan-csv.js';

/** Throws a `FileError` if it is no CSV file, or has no column `client`. */
export function inspectCsv(
  path: string,
  options: CsvHeaderOptions & { readonly client?: string } = {},
): DataReport {
  const file = dataFile(path);
  const header = csvHeader(file, options);
  const columns = tableColumns(path, header.names, { ...options, columns: header.names });
  const { rows, facts, runs } = scanCsv(file, header, { columns, inspects: true });
  return {
    path,
    format:
      header.delimiter === '\t' ? 'TSV' : header.delimiter === ',' ? 'CSV' : `CSV with '${header.delimiter}'`,
    bytes: file.bytes,
    rows,
    columns: [...facts.values()].map((column) =>
      columnReport(column, path, 'line', column.name === options.client),
    ),
    clients: options.client === undefined ? null : clientsReport(options.client, runs),
  };
}
