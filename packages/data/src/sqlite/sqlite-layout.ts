// What a layout of tables in a SQLite file answers: who the clients are, and a client's rows as lists of values.
import type { ColumnType } from '../columns/column-type.js';

export interface SqliteLayout {
  readonly format: string;
  readonly ids: readonly string[];
  readonly counts: ArrayLike<number>;
  /** The columns, with the types of the first client's values. */
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** For each column a value a row. */
  rows(client: number): ReadonlyMap<string, ArrayLike<unknown>>;
}

/** Names and counts from one row of two lists: hexadecimal names and numbers, with commas between. */
export function namesAndCounts(row: readonly unknown[] | undefined): Pick<SqliteLayout, 'ids' | 'counts'> {
  const [names, counts] = (row ?? []).map((list) => (list === null ? '' : String(list)));
  if (names === undefined || names === '') return { ids: [], counts: [] };
  return {
    ids: names.split(',').map((name) => Buffer.from(name, 'hex').toString('utf8')),
    counts: Float64Array.from((counts ?? '').split(','), Number),
  };
}
