// A Parquet file as tables by client, in which values may be missing. The columns that are wanted are held in memory.
import type { Table, Tables } from '@starling/population';
import { cellTaker, tableColumnOf } from '../columns/table-cells.js';
import { tableColumns } from '../columns/table-columns.js';
import type { TablesOptions } from '../columns/tables-options.js';
import { noClient } from '../errors/table-faults.js';
import { bareName } from '../files/data-file.js';
import type { GatheredColumn } from './gathered-column.js';
import { parquetFile } from './parquet-file.js';
import { gatherColumn, rowOrder } from './read-parquet.js';

export async function readParquetTables(path: string, options: TablesOptions): Promise<Tables> {
  const parquet = await parquetFile(path);
  const { client, wanted } = tableColumns(path, parquet.names, options);
  const marks = new Set(options.marks);
  const clients = client < 0 ? null : await gatherColumn(parquet, parquet.names[client] as string, marks);
  if (clients !== null && clients.facts.missing > 0) {
    throw noClient({ path, row: clients.facts.firstMissing, column: clients.facts.name });
  }
  const gathered: GatheredColumn[] = [];
  for (const { name } of wanted) gathered.push(await gatherColumn(parquet, name, marks));
  const { ids, begins, rows } = rowOrder(parquet, null, clients);
  const types = gathered.map(({ facts }) => tableColumnOf(facts, path, 'row'));
  const rowCount = (index: number): number => begins[index + 1]! - begins[index]!;
  return {
    name: options.name ?? bareName(path),
    columns: Object.fromEntries(wanted.map(({ name }, at) => [name, types[at]!])),
    size: ids.length,
    clientId: (index) => ids[index] as string,
    rowCount,
    table: (index): Table => {
      const own = rows.subarray(begins[index], begins[index + 1]);
      const columns = wanted.map(({ name }, at) => {
        const taker = cellTaker(types[at]!, own.length);
        for (let row = 0; row < own.length; row++) taker.take(gathered[at]!.at(own[row] as number), row);
        return [name, taker.cells()] as const;
      });
      return { length: own.length, columns: Object.fromEntries(columns) };
    },
    fingerprint: { file: parquet.file.hash() },
  };
}
