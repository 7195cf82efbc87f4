// Client data whose rows stand in stretches of one file, a row after the other: what CSV and JSON lines have in common.
import type { Dataset } from '@starling/federated-core';
import { type ClientData, clientData } from '@starling/population';
import { elementOf, meaningsOf, type TypedColumn } from '../columns/table-columns.js';
import type { TableOptions } from '../columns/table-options.js';
import { bareName, type DataFile } from '../files/data-file.js';
import { cachedRows } from './cached-rows.js';
import type { RowRuns } from './row-runs.js';

/** `load` reads a client's rows, of these columns. */
export function clientsOfRuns(
  file: DataFile,
  runs: RowRuns,
  columns: readonly TypedColumn[],
  load: (client: number) => Dataset,
  { name = bareName(file.path), cacheBytes }: TableOptions,
): ClientData {
  return clientData({
    name,
    size: runs.ids.length,
    element: elementOf(columns),
    meanings: meaningsOf(columns),
    clientId: (index) => runs.ids[index] as string,
    rowCount: runs.rowCount,
    rows: cachedRows(load, cacheBytes),
    fingerprint: { file: file.hash() },
  });
}
