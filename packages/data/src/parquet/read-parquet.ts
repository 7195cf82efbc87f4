// A Parquet file as client data. Its columns lie one after the other, so that a client's rows cannot be read alone: the
// columns that are wanted are read once, and held as tensors, client after client.

import type { Dataset, Tensor } from '@starling/federated-core';
import { checkOptions } from '@starling/federated-core/plan';
import { type ClientData, clientData, sliceRows } from '@starling/population';
import { columnWriter } from '../columns/column-writer.js';
import {
  elementOf,
  meaningsOf,
  type TypedColumn,
  tableColumns,
  typedColumns,
} from '../columns/table-columns.js';
import { ALL_CLIENT, checkMissing, type TableOptions, tableChecks } from '../columns/table-options.js';
import { reading } from '../errors/reading.js';
import { misfit, missingValue, noClient, noRows } from '../errors/table-faults.js';
import { bareName } from '../files/data-file.js';
import { GatheredColumn } from './gathered-column.js';
import { type ParquetFile, parquetFile } from './parquet-file.js';

export type ParquetOptions = Omit<TableOptions, 'cacheBytes'>;

/**
 * The rows of a Parquet file, by the client that the column `client` names; clients are in the order in which they come
 * first, and rows in that of the file. The columns that are wanted are held in memory. Types that are not given are
 * inferred from all values as `readCsv` does; points in time become float64 milliseconds since 1970, lists of numbers
 * tensors. Throws a `FileError` with row, column and remedy for whatever does not fit.
 */
export function readParquet(path: string, options: ParquetOptions = {}): Promise<ClientData> {
  return reading({ path }, () => openParquet(path, options));
}

async function openParquet(path: string, options: ParquetOptions): Promise<ClientData> {
  const { cacheBytes: _, ...checks } = tableChecks;
  checkOptions('Cannot read Parquet', options, checks);
  checkMissing('Cannot read Parquet', options.missing);
  const parquet = await parquetFile(path);
  const hash = parquet.file.hash();
  const { client, wanted } = tableColumns(path, parquet.names, options);
  const marks = new Set(options.missing?.marks);
  const gather = (name: string): Promise<GatheredColumn> => gatherColumn(parquet, name, marks);
  const clients = client < 0 ? null : await gather(parquet.names[client] as string);
  const columns = new Map<string, GatheredColumn>();
  for (const { name } of wanted) columns.set(name, await gather(name));
  const isKept = keptRows(
    parquet,
    options,
    clients,
    wanted.map(({ name, fill }) => [columns.get(name)!, fill]),
  );
  const order = rowOrder(parquet, isKept, clients);
  const typed = typedColumns(
    path,
    'row',
    wanted,
    new Map([...columns].map(([name, { facts }]) => [name, facts])),
  );
  const tensors: [string, Tensor][] = [];
  for (const column of typed) {
    tensors.push([column.name, tensorOfRows(path, column, columns.get(column.name)!, order.rows)]);
    columns.delete(column.name);
  }
  const element = elementOf(typed);
  const dataset: Dataset = { length: order.rows.length, columns: Object.fromEntries(tensors) };
  return clientData({
    name: options.name ?? bareName(path),
    size: order.ids.length,
    element,
    meanings: meaningsOf(typed),
    clientId: (index) => order.ids[index] as string,
    rowCount: (index) => order.begins[index + 1]! - order.begins[index]!,
    rows: (index) =>
      sliceRows(dataset, { element, begin: order.begins[index]!, end: order.begins[index + 1]! }),
    fingerprint: { file: hash },
  });
}

export async function gatherColumn(
  parquet: ParquetFile,
  name: string,
  marks: ReadonlySet<string>,
  countDistinct = false,
): Promise<GatheredColumn> {
  const column = new GatheredColumn(name, parquet.rows, { isTime: parquet.times.has(name), countDistinct });
  await parquet.eachStretch(name, (values, firstRow) => {
    for (let at = 0; at < values.length; at++) column.add(values[at], firstRow + at, marks);
  });
  return column;
}

/** Whether each row is kept; null if all are. Throws a `FileError` at a missing value that nothing fills. */
function keptRows(
  { file: { path }, rows }: ParquetFile,
  { missing: { rows: policy = 'refuse' } = {} }: ParquetOptions,
  clients: GatheredColumn | null,
  columns: readonly (readonly [GatheredColumn, unknown])[],
): Uint8Array | null {
  const gaps = columns.filter(
    ([{ facts }, fill]) => facts.missing > 0 && facts.values > 0 && fill === undefined,
  );
  const holes = [
    ...gaps.map(([column]) => column),
    ...(clients === null || clients.facts.missing === 0 ? [] : [clients]),
  ];
  if (holes.length === 0) return null;
  if (policy === 'refuse') {
    const { facts } = holes.reduce((first, next) =>
      next.facts.firstMissing < first.facts.firstMissing ? next : first,
    );
    throw clients?.facts === facts
      ? noClient({ path, row: facts.firstMissing, column: facts.name })
      : missingValue({ path, row: facts.firstMissing, column: facts.name }, facts.missing);
  }
  const kept = new Uint8Array(rows).fill(1);
  for (const column of holes)
    for (let row = 0; row < rows; row++) if (column.at(row) === undefined) kept[row] = 0;
  return kept;
}

export interface RowOrder {
  readonly ids: readonly string[];
  /** Where each client's rows begin in `rows`, and where the last one's end. */
  readonly begins: Int32Array;
  /** Rows of the file, client after client. */
  readonly rows: Int32Array;
}

/** A counting sort by client, which keeps the order of each client's rows. */
export function rowOrder(
  { file: { path }, rows }: ParquetFile,
  kept: Uint8Array | null,
  clients: GatheredColumn | null,
): RowOrder {
  const places = new Map<string, number>();
  const clientOf = new Int32Array(rows).fill(-1);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (kept?.[row] === 0) continue;
    count++;
    const id = clients === null ? ALL_CLIENT : String(clients.at(row));
    let place = places.get(id);
    if (place === undefined) {
      place = places.size;
      places.set(id, place);
    }
    clientOf[row] = place;
  }
  if (count === 0) throw noRows(path, rows);
  const begins = new Int32Array(places.size + 1);
  for (const place of clientOf) if (place >= 0) begins[place + 1]!++;
  for (let place = 0; place < places.size; place++) begins[place + 1]! += begins[place]!;
  const next = begins.slice();
  const sorted = new Int32Array(count);
  for (let row = 0; row < rows; row++) {
    const place = clientOf[row] as number;
    if (place >= 0) sorted[next[place]!++] = row;
  }
  return { ids: [...places.keys()], begins, rows: sorted };
}

function tensorOfRows(
  path: string,
  { name, type, fill }: TypedColumn,
  column: GatheredColumn,
  rows: Int32Array,
): Tensor {
  const writer = columnWriter(type, rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    const value = column.at(row) ?? fill;
    if (writer.write(value, at)) continue;
    throw misfit({ path, row: row + 1, column: name }, writer.need, value);
  }
  return writer.tensor();
}
