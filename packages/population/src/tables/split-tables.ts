// The rows of tables in parts, such as to train on and to evaluate on, by a salted hash of each row that its client
// computes alone: nothing is sent, a row is in the same part with every client, and a new row moves no other one. Two
// of three parts to train on is what TFX's ExampleGen does by default.
import { deriveSeed, seedFrom } from '@starling/federated-core';
import {
  checkNumber,
  checkOptions,
  didYouMean,
  kinds,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { whenThere } from '../client-data/client-source.js';
import type { NumberCells, Table, Tables, TextCells } from './table.js';

export interface TableSplitOptions {
  /** Whole number from 0; another salt makes another split. */
  readonly salt: number;
  /** Parts by name, with their shares as whole numbers from 1; `{ train: 2, eval: 1 }` by default. */
  readonly parts?: Readonly<Record<string, number>>;
  /** The columns that say which rows stay together, such as a patient's number; all columns by default. */
  readonly by?: readonly string[];
}

/**
 * The tables of each part, over the same clients. Equal rows (in the columns `by`) are in one part. Where a table must
 * be waited for, `rowCount` of a part is that of all parts together.
 */
export function splitTables<const P extends Readonly<Record<string, number>> = { train: 2; eval: 1 }>(
  tables: Tables,
  options: TableSplitOptions & { readonly parts?: P },
): Readonly<Record<keyof P & string, Tables>> {
  const action = `Cannot split ${tables.name}`;
  checkOptions(action, options, { salt: required(() => {}), parts: kinds.record, by: kinds.list });
  const { salt, parts = { train: 2, eval: 1 }, by = Object.keys(tables.columns) } = options;
  checkNumber(action, 'salt', salt, { whole: true, from: 0 });
  const names = Object.keys(tables.columns);
  for (const name of by) {
    if (names.includes(name)) continue;
    throw optionError(
      `${action}: by must name columns among ${names.join(', ')}, got '${name}'${didYouMean(name, names)}`,
    );
  }
  for (const [part, share] of Object.entries(parts)) {
    checkNumber(action, `parts.${part}`, share, { whole: true, from: 1 });
  }
  const places = Object.entries(parts).flatMap(([part, share]) => Array<string>(share).fill(part));
  const seed = seedFrom(salt);
  const rowsOf = (part: string, table: Table): Int32Array => {
    const keys = by.map((name) => table.columns[name] as NumberCells | TextCells);
    return Int32Array.from({ length: table.length }, (_, row) => row).filter((row) => {
      const text = JSON.stringify(keys.map((cells) => cellText(cells, row)));
      return places[deriveSeed(seed, 'split-tables', text)[0] % places.length] === part;
    });
  };
  const partOf = (part: string): Tables => ({
    ...tables,
    name: `${tables.name} ${part}`,
    rowCount: (index) => {
      const own = whenThere(tables.table(index), (table) => rowsOf(part, table).length);
      if (typeof own === 'number') return own;
      own.catch(() => {}); // told where the table is asked for
      return tables.rowCount(index);
    },
    table: (index) => whenThere(tables.table(index), (table) => takeTableRows(table, rowsOf(part, table))),
    fingerprint: {
      ...tables.fingerprint,
      part,
      salt,
      by: JSON.stringify(by),
      parts: JSON.stringify(parts),
    },
  });
  const all = Object.keys(parts).map((part) => [part, partOf(part)] as const);
  return Object.fromEntries(all) as Readonly<Record<keyof P & string, Tables>>;
}

/** NaN and a missing number differ, and so do a number and its text. */
function cellText(cells: NumberCells | TextCells, row: number): string | null {
  if (cells.kind === 'text') {
    const text = cells.values[row] as string | null;
    return text === null ? null : `t${text}`;
  }
  return cells.missing?.[row] === 1 ? null : `n${(cells.values[row] as number) + 0}`;
}

/** A table of these rows, in that order. */
function takeTableRows({ columns }: Table, rows: Int32Array): Table {
  const taken = Object.entries(columns).map(([name, cells]) => {
    if (cells.kind === 'text') {
      return [name, { kind: 'text', values: Array.from(rows, (row) => cells.values[row] ?? null) }] as const;
    }
    const missing = cells.missing;
    const own: NumberCells = {
      kind: 'number',
      values: Float64Array.from(rows, (row) => cells.values[row] as number),
      missing: missing === null ? null : Uint8Array.from(rows, (row) => missing[row] as number),
    };
    return [name, own] as const;
  });
  return { length: rows.length, columns: Object.fromEntries(taken) };
}
