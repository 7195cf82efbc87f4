// Tables by client: named columns of numbers and text in which values may be missing. What statistics are computed on;
// readers of files give them, and `tablesOf` makes them of rows at hand.
import {
  checkOptions,
  describeValue,
  didYouMean,
  kinds,
  type MaybePromise,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { checkIndex } from '../populations/check-index.js';
import type { Fingerprint } from '../populations/population.js';
import { columnKind, type TableColumns } from './table-column.js';

/** A value, or null where it is missing. */
export type Cell = number | string | null;

/** The numbers of a column; `missing`, if there is one, is 1 for each that is missing. */
export interface NumberCells {
  readonly kind: 'number';
  readonly values: Float64Array;
  readonly missing: Uint8Array | null;
}

/** The texts of a column, null where one is missing. */
export interface TextCells {
  readonly kind: 'text';
  readonly values: readonly (string | null)[];
}

/** One client's rows, column by column. */
export interface Table {
  readonly length: number;
  readonly columns: Readonly<Record<string, NumberCells | TextCells>>;
}

/** The tables of all clients, asked for one at a time. */
export interface Tables {
  readonly name: string;
  readonly columns: TableColumns;
  /** How many clients there are. */
  readonly size: number;
  /** A name that no other client has. Here and below, `index` is from 0 to `size` − 1. */
  clientId(index: number): string;
  /** Rows of the table; at least as many, where `splitTables` cannot know. */
  rowCount(index: number): number;
  /** The same client always has the same table. */
  table(index: number): MaybePromise<Table>;
  /** What tells these tables from others of their name, such as a hash of the file. */
  readonly fingerprint?: Fingerprint;
}

/** A row as plain data: a value that is absent, undefined or null is missing. */
export type TableRow = Readonly<Record<string, Cell | undefined>>;

export interface TableClient {
  readonly id: string;
  readonly rows: readonly TableRow[];
}

/**
 * Tables of rows at hand. Throws a `RangeError` that names the client, row and column of a value that is of another
 * kind than its column.
 */
export function tablesOf<const C extends TableColumns>(options: {
  readonly name?: string;
  readonly columns: C;
  readonly clients: readonly TableClient[];
}): Tables & { readonly columns: C } {
  checkOptions('Cannot make tables', options, {
    name: kinds.text,
    columns: required(kinds.record),
    clients: required(kinds.list),
  });
  const { name = 'tables', columns, clients } = options;
  for (const [column, value] of Object.entries(columns))
    columnKind('Cannot make tables', `column '${column}'`, value);
  for (const client of clients) {
    checkOptions('Cannot make tables: a client', client, {
      id: required(kinds.text),
      rows: required(kinds.list),
    });
  }
  if (new Set(clients.map(({ id }) => id)).size !== clients.length) {
    throw optionError(`Cannot make ${name}: every client needs an id of its own`);
  }
  const clientAt = (index: number): TableClient => {
    checkIndex(name, clients.length, index);
    return clients[index] as TableClient;
  };
  const made = clients.map((client) => tableOf(name, columns, client));
  return {
    name,
    columns,
    size: clients.length,
    clientId: (index) => clientAt(index).id,
    rowCount: (index) => clientAt(index).rows.length,
    table: (index) => {
      clientAt(index);
      return made[index] as Table;
    },
  };
}

function tableOf(name: string, columns: TableColumns, { id, rows }: TableClient): Table {
  const names = Object.keys(columns);
  for (const [at, row] of rows.entries()) {
    // Taken for a missing value of the column that was meant, it would be counted as one.
    const other = Object.keys(row).find((field) => !Object.hasOwn(columns, field));
    if (other === undefined) continue;
    throw optionError(
      `Cannot make ${name}: row ${at} of ${id} must have columns among ${names.join(', ')}, got '${other}'${didYouMean(other, names)}`,
    );
  }
  const cells = Object.entries(columns).map(([column, { kind }]) => {
    const values = rows.map((row, at) => {
      const value = row[column] ?? null;
      if (value === null || typeof value === (kind === 'text' ? 'string' : 'number')) return value;
      throw optionError(
        `Cannot make ${name}: column '${column}' of row ${at} of ${id} must be a ${kind} or null, got ${describeValue(value)}`,
      );
    });
    return [column, kind === 'text' ? { kind, values } : numberCells(values as (number | null)[])] as const;
  });
  return { length: rows.length, columns: Object.fromEntries(cells) as Table['columns'] };
}

function numberCells(values: readonly (number | null)[]): NumberCells {
  return {
    kind: 'number',
    values: Float64Array.from(values, (value) => value ?? 0),
    missing: values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 1 : 0)) : null,
  };
}
