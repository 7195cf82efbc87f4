// Files of LEAF as client data: each user is a client, whose fields are lists of one length, a value a row.

import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkOptions } from '@starling/federated-core/plan';
import { type ClientData, clientData } from '@starling/population';
import { elementOf, meaningsOf, tableColumns, typedColumns } from '../columns/table-columns.js';
import { checkMissing, type TableOptions, tableChecks } from '../columns/table-options.js';
import { ValueTable } from '../columns/value-table.js';
import { FileError } from '../errors/file-error.js';
import { reading } from '../errors/reading.js';
import { noRows } from '../errors/table-faults.js';
import { bareName, type DataFile, dataFile } from '../files/data-file.js';
import { clientsReport, columnReport, type DataReport } from '../inspect/data-report.js';
import { cachedRows } from '../rows/cached-rows.js';
import { parseJson } from './json-lines.js';
import { type LeafUser, leafUsers } from './leaf-index.js';

export type LeafOptions = Omit<TableOptions, 'client'>;

interface FoundUser extends LeafUser {
  readonly file: DataFile;
  readonly rows: number;
}

/**
 * The users of a LEAF file, or of all `.json` files of a folder in the order of their names. A file is read in parts,
 * and held in memory never: each user once when it is opened, and when it is chosen. Types, missing values and errors
 * are as with `readCsv`; lists of numbers become tensors. `missing: { rows: 'drop' }` is refused: rows have no place.
 */
export function readLeaf(path: string, options: LeafOptions = {}): Promise<ClientData> {
  return reading({ path }, () => openLeaf(path, options));
}

async function openLeaf(path: string, options: LeafOptions): Promise<ClientData> {
  const { client: _, ...checks } = tableChecks;
  checkOptions('Cannot read LEAF', options, checks);
  checkMissing('Cannot read LEAF', options.missing);
  if (options.missing?.rows === 'drop') {
    throw new RangeError(
      "Cannot read LEAF: missing.rows must be 'refuse', got 'drop'. Fill them: missing: { fill: … }",
    );
  }
  const { users, table, wanted, files } = scan(path, options, false);
  const typed = typedColumns(path, 'row', wanted, table.factsByName());
  const load = (index: number) => {
    const { file, id, rows } = users[index] as FoundUser;
    const fields = parseUser(users[index] as FoundUser);
    return table.dataset(
      typed,
      rows,
      (row, name) => fields[name]?.[row],
      (row) => ({ path: file.path, client: id, row: row + 1 }),
    );
  };
  return clientData({
    name: options.name ?? bareName(path),
    size: users.length,
    element: elementOf(typed),
    meanings: meaningsOf(typed),
    clientId: (index) => (users[index] as FoundUser).id,
    rowCount: (index) => (users[index] as FoundUser).rows,
    rows: cachedRows(load, options.cacheBytes),
    fingerprint: Object.fromEntries(files.map((file) => [basename(file.path), file.hash()])),
  });
}

/** What a LEAF file or folder holds. Throws a `FileError` if it is none. */
export function inspectLeaf(path: string): DataReport {
  const { users, table, files } = scan(path, {}, true);
  return {
    path,
    format: 'LEAF',
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: users.reduce((sum, { rows }) => sum + rows, 0),
    columns: table.facts.map((facts) => columnReport(facts, path, 'row')),
    clients: clientsReport(null, {
      ids: users.map(({ id }) => id),
      rowCount: (client) => users[client]!.rows,
    }),
  };
}

function scan(path: string, options: TableOptions, inspects: boolean) {
  const files = filesOf(path).map(dataFile);
  const users: FoundUser[] = [];
  const known = new Set<string>();
  let columns: ReturnType<typeof tableColumns> | null = null;
  let table: ValueTable | null = null;
  let number = 0;
  for (const file of files) {
    for (const user of leafUsers(file)) {
      const { id } = user;
      const place = { path: file.path, client: id };
      if (known.has(id)) {
        throw new FileError({
          ...place,
          need: 'must stand in one place',
          got: 'a second one',
          remedy: 'Rename or join it.',
        });
      }
      known.add(id);
      const fields = parseUser({ ...user, file });
      if (columns === null || table === null) {
        columns = tableColumns(file.path, Object.keys(fields), options);
        table = new ValueTable(columns.wanted, options.missing, inspects);
      }
      const rows = rowsOf(place, fields);
      for (let row = 0; row < rows; row++) {
        table.add((name) => fields[name]?.[row], { ...place, row: row + 1 }, ++number);
      }
      users.push({ ...user, file, rows });
    }
  }
  if (number === 0 || table === null || columns === null) throw noRows(path, 0);
  return { users, table, wanted: columns.wanted, files };
}

type UserFields = Readonly<Record<string, readonly unknown[]>>;

function parseUser({ file, id, begin, end }: LeafUser & { readonly file: DataFile }): UserFields {
  const bytes = Buffer.allocUnsafe(end - begin);
  file.read(bytes, begin);
  const place = { path: file.path, client: id };
  return parseJson(place, bytes.toString('utf8'), 'Check that the file is whole.') as UserFields;
}

/** The one length of the user's lists. */
function rowsOf(place: { readonly path: string; readonly client: string }, fields: UserFields): number {
  let rows = -1;
  for (const [column, values] of Object.entries(fields)) {
    const isList = Array.isArray(values);
    if (isList && (rows === -1 || values.length === rows)) rows = values.length;
    else {
      throw new FileError({
        ...place,
        column,
        need:
          rows === -1
            ? 'must be a list, a value a row'
            : `must be a list of ${rows} values as the others are`,
        got: isList ? String(values.length) : typeof values,
        remedy: 'Check how the file was made.',
      });
    }
  }
  return Math.max(0, rows);
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith('.json'));
  if (names.length > 0) return names.sort().map((name) => join(path, name));
  throw new FileError({
    path,
    need: 'must have files that end in .json',
    got: 'none',
    remedy: 'Name the folder that has them.',
  });
}
