// A file of JSON lines as client data: an object a line, a field of which says whose row it is.

import type { Dataset } from '@starling/federated-core';
import { checkOptions } from '@starling/federated-core/plan';
import type { ClientData } from '@starling/population';
import { type TypedColumn, tableColumns, typedColumns } from '../columns/table-columns.js';
import { ALL_CLIENT, checkMissing, type TableOptions, tableChecks } from '../columns/table-options.js';
import { ValueTable } from '../columns/value-table.js';
import { FileError } from '../errors/file-error.js';
import { reading } from '../errors/reading.js';
import { noClient, noRows } from '../errors/table-faults.js';
import { type DataFile, dataFile } from '../files/data-file.js';
import { clientsReport, columnReport, type DataReport } from '../inspect/data-report.js';
import { clientsOfRuns } from '../rows/clients-of-runs.js';
import { readRuns } from '../rows/read-runs.js';
import { type RowRuns, RowRunsBuilder } from '../rows/row-runs.js';
import { eachLine, type JsonRow, parseRow } from './json-lines.js';

export type JsonLinesOptions = TableOptions;

/**
 * The rows of a file of JSON lines, by the client that the field `client` names. Columns are the fields of the first
 * line; a line that lacks one misses a value, and one that has others is refused unless `columns` names those that are
 * wanted. Types, missing values, memory and errors are as with `readCsv`; lists of numbers become tensors.
 */
export function readJsonLines(path: string, options: JsonLinesOptions = {}): Promise<ClientData> {
  return reading({ path }, () => openJsonLines(path, options));
}

async function openJsonLines(path: string, options: JsonLinesOptions): Promise<ClientData> {
  checkOptions('Cannot read JSON lines', options, tableChecks);
  checkMissing('Cannot read JSON lines', options.missing);
  const file = dataFile(path);
  const { runs, table, wanted } = scan(file, options, false);
  const typed = typedColumns(path, 'line', wanted, table.factsByName());
  return clientsOfRuns(file, runs, typed, (client) => load(file, runs, table, typed, client), options);
}

/** What a file of JSON lines holds. Throws a `FileError` if it is none. */
export function inspectJsonLines(path: string, options: { readonly client?: string } = {}): DataReport {
  const file = dataFile(path);
  const { runs, table, rows } = scan(file, options, true);
  return {
    path,
    format: 'JSON lines',
    bytes: file.bytes,
    rows,
    columns: table.facts.map((facts) => columnReport(facts, path, 'line', facts.name === options.client)),
    clients: options.client === undefined ? null : clientsReport(options.client, runs),
  };
}

function scan(file: DataFile, options: TableOptions, inspects: boolean) {
  const { path } = file;
  const { client } = options;
  const builder = new RowRunsBuilder();
  let names: readonly string[] = [];
  let columns: ReturnType<typeof tableColumns> | null = null;
  let table: ValueTable | null = null;
  let rows = 0;
  let dropped = 0;
  eachLine(file, (text, begin, end, line) => {
    const row = parseRow(path, line, text);
    if (columns === null || table === null) {
      names = Object.keys(row);
      columns = tableColumns(path, names, inspects ? { ...options, columns: names } : options);
      table = new ValueTable(columns.wanted, options.missing, inspects);
    }
    if (options.columns === undefined) checkFields(path, line, names, row);
    let isKept = table.add((name) => row[name], { path, line }, line);
    const id = client === undefined ? ALL_CLIENT : row[client];
    if (table.isMissing(id)) {
      if (options.missing?.rows !== 'drop' && !inspects)
        throw noClient({ path, line, column: client as string });
      isKept = false;
    }
    if (isKept) builder.add(String(id), begin, end);
    if (isKept || inspects) rows++;
    else dropped++;
  });
  if (rows === 0 || table === null || columns === null) throw noRows(path, dropped);
  const { wanted } = columns as ReturnType<typeof tableColumns>;
  return { runs: builder.finish(), table: table as ValueTable, wanted, rows };
}

function checkFields(path: string, line: number, names: readonly string[], row: JsonRow): void {
  const strange = Object.keys(row).find((name) => !names.includes(name));
  if (strange === undefined) return;
  throw new FileError({
    path,
    line,
    column: strange,
    need: 'must be a field of the first line, too',
    got: names.join(', '),
    remedy:
      'Name the fields that are wanted in columns, or give the first line all of them (null is a missing value).',
  });
}

function load(
  file: DataFile,
  runs: RowRuns,
  table: ValueTable,
  typed: readonly TypedColumn[],
  client: number,
): Dataset {
  const rows: JsonRow[] = [];
  readRuns(file, runs.runs(client), (bytes, begin, end) => {
    rows.push(parseRow(file.path, 0, bytes.subarray(begin, end)));
  });
  return table.dataset(
    typed,
    rows.length,
    (row, name) => rows[row]?.[name],
    () => ({ path: file.path }),
  );
}
