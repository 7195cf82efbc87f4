// SQLite files of FedJAX and TFF as client data. The names and sizes of all clients are read when the file is opened,
// and a client's rows when it is chosen.

import type { Dataset } from '@starling/federated-core';
import { checkOptions, kinds } from '@starling/federated-core/plan';
import { type ClientData, clientData } from '@starling/population';
import type { ColumnType } from '../columns/column-type.js';
import { elementOf, meaningsOf, type TypedColumn, tableColumns } from '../columns/table-columns.js';
import { checkMissing, type TableOptions, tableChecks } from '../columns/table-options.js';
import { ValueTable } from '../columns/value-table.js';
import { FileError } from '../errors/file-error.js';
import { formatList } from '../errors/format-list.js';
import { reading } from '../errors/reading.js';
import { noRows } from '../errors/table-faults.js';
import { bareName } from '../files/data-file.js';
import { clientsReport, columnReport, type DataReport } from '../inspect/data-report.js';
import { cachedRows } from '../rows/cached-rows.js';
import { type SqliteFile, sqliteFile } from './database.js';
import { fedjaxLayout } from './fedjax.js';
import type { SqliteLayout } from './sqlite-layout.js';
import { tffLayout } from './tff.js';

export interface SqliteOptions extends Omit<TableOptions, 'client'> {
  /** The split of a file of TFF, such as `train`; needed if it has several. */
  readonly split?: string;
}

/**
 * The clients of a SQLite file that FedJAX or TFF wrote. Types that are not given are those of the first client: the
 * element types that FedJAX stores, int64 as int32; of TFF, whose features have no shape, lists in one dimension. A
 * client with other values is a `FileError` when it is loaded.
 */
export function readSqlite(path: string, options: SqliteOptions = {}): Promise<ClientData> {
  return reading({ path }, () => openSqlite(path, options));
}

async function openSqlite(path: string, options: SqliteOptions): Promise<ClientData> {
  const { client: _, ...checks } = tableChecks;
  checkOptions('Cannot read SQLite', options, { ...checks, split: kinds.text });
  checkMissing('Cannot read SQLite', options.missing);
  const sqlite = await sqliteFile(path);
  const layout = await layoutOf(sqlite, options.split);
  const { wanted } = tableColumns(path, [...layout.columns.keys()], options);
  const table = new ValueTable(wanted, options.missing);
  const typed = wanted.map((column): TypedColumn => {
    return { ...column, type: column.given ?? (layout.columns.get(column.name) as ColumnType) };
  });
  return clientData({
    name: options.name ?? bareName(path),
    size: layout.ids.length,
    element: elementOf(typed),
    meanings: meaningsOf(typed),
    clientId: (index) => layout.ids[index] as string,
    rowCount: (index) => layout.counts[index] as number,
    rows: cachedRows((index) => load(path, layout, table, typed, index), options.cacheBytes),
    fingerprint: { file: sqlite.file.hash() },
  });
}

/** What a file of FedJAX or TFF holds: values of its first client alone, as there may be many. */
export async function inspectSqlite(
  path: string,
  options: { readonly split?: string } = {},
): Promise<DataReport> {
  const sqlite = await sqliteFile(path);
  const layout = await layoutOf(sqlite, options.split);
  const { wanted } = tableColumns(path, [...layout.columns.keys()], {});
  const table = new ValueTable(wanted, {}, true);
  const values = layout.rows(0);
  for (let row = 0; row < (layout.counts[0] as number); row++) {
    table.add(
      (name) => values.get(name)?.[row],
      { path, client: layout.ids[0] as string, row: row + 1 },
      row + 1,
    );
  }
  const counts = Array.from(layout.counts);
  return {
    path,
    format: layout.format,
    bytes: sqlite.file.bytes,
    rows: counts.reduce((sum, count) => sum + count, 0),
    columns: table.facts.map((facts) => columnReport(facts, path, 'row')),
    clients: clientsReport(null, { ids: layout.ids, rowCount: (client) => counts[client] as number }),
  };
}

async function layoutOf(sqlite: SqliteFile, split: string | undefined): Promise<SqliteLayout> {
  const { tables, file } = sqlite;
  const has = (table: string, ...columns: readonly string[]): boolean =>
    columns.every((column) => tables.get(table)?.includes(column) === true);
  let layout: SqliteLayout;
  if (has('federated_data', 'client_id', 'data', 'num_examples')) layout = await fedjaxLayout(sqlite);
  else if (
    has('examples', 'client_id', 'split_name', 'serialized_example_proto') &&
    has('client_metadata', 'client_id', 'split_name', 'num_examples')
  ) {
    layout = tffLayout(sqlite, split);
  } else {
    throw new FileError({
      path: file.path,
      need: "must have FedJAX's table federated_data, or TFF's examples and client_metadata",
      got: formatList([...tables.keys()]),
      remedy: 'Export other tables as CSV or Parquet.',
    });
  }
  if (layout.ids.length === 0) throw noRows(file.path, 0);
  return layout;
}

function load(
  path: string,
  layout: SqliteLayout,
  table: ValueTable,
  typed: readonly TypedColumn[],
  client: number,
): Dataset {
  const id = layout.ids[client] as string;
  const values = layout.rows(client);
  const length = layout.counts[client] as number;
  for (const { name } of typed) {
    const got = values.get(name)?.length ?? 0;
    if (got === length) continue;
    throw new FileError({
      path,
      client: id,
      column: name,
      need: `must have ${length} rows, as the file says`,
      got: String(got),
      remedy: 'Write the file anew.',
    });
  }
  return table.dataset(
    typed,
    length,
    (row, name) => values.get(name)?.[row],
    (row) => ({ path, client: id, row: row + 1 }),
  );
}
