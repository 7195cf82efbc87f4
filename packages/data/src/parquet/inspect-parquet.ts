// What a Parquet file holds, column after column: values are counted and not kept.
import { tableColumns } from '../columns/table-columns.js';
import { clientsReport, columnReport, type DataReport } from '../inspect/data-report.js';
import { parquetFile } from './parquet-file.js';
import { gatherColumn } from './read-parquet.js';

const NO_MARKS: ReadonlySet<string> = new Set();

/** Throws a `FileError` if it is no Parquet file, or has no column `client`. */
export async function inspectParquet(
  path: string,
  options: { readonly client?: string } = {},
): Promise<DataReport> {
  const parquet = await parquetFile(path);
  tableColumns(path, parquet.names, options);
  const columns = [];
  let clients: DataReport['clients'] = null;
  for (const name of parquet.names) {
    const column = await gatherColumn(parquet, name, NO_MARKS, true);
    const isClient = name === options.client;
    columns.push(columnReport(column.facts, path, 'row', isClient));
    if (!isClient) continue;
    const counts = new Map<string, number>();
    for (let row = 0; row < parquet.rows; row++) {
      const value = column.at(row);
      if (value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    const ids = [...counts.keys()];
    clients = clientsReport(name, { ids, rowCount: (client) => counts.get(ids[client] as string) as number });
  }
  return { path, format: 'Parquet', bytes: parquet.file.bytes, rows: parquet.rows, columns, clients };
}
