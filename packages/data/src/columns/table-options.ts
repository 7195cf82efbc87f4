// What a user says of a table in a file: whose rows they are, which columns are wanted, of which types, and what is to
// become of missing values. All readers of tables take these.
import { checkOptions, isPlain, kinds, ofKind } from '@starling/federated-core/plan';
import { type ColumnType, checkColumnTypes } from './column-type.js';

/** The client that has all rows where no column names clients. */
export const ALL_CLIENT = 'all';

export interface MissingOptions {
  /** What marks a missing value, such as `['?', 'NA']`; an empty cell and null do so always. */
  readonly marks?: readonly string[];
  /** By column what stands instead of a missing value. */
  readonly fill?: Readonly<Record<string, number | string | boolean>>;
  /** Rows that miss a value without a fill: an error that names the first (default), or left out. */
  readonly rows?: 'refuse' | 'drop';
}

export interface TableOptions {
  /** The column that says whose row it is. Without it, one client, `all`, has all rows. */
  readonly client?: string;
  /** The columns that are wanted, in that order; all but the client's by default. */
  readonly columns?: readonly string[];
  /** Types by column, of those whose type is not to be inferred. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  readonly missing?: MissingOptions;
  /** The name of the population; the file's, without its ending, by default. */
  readonly name?: string;
  /** Clients' rows that are kept in memory once they were read, in bytes; 64 MiB by default. */
  readonly cacheBytes?: number;
}

/** The checks of these options, for a table that has further ones. */
export const tableChecks = {
  client: kinds.text,
  columns: kinds.list,
  types: checkColumnTypes,
  missing: ofKind({
    need: 'an object { marks, fill, rows }',
    fits: (value) => typeof value === 'object' && value !== null && isPlain(value),
    advice: (value) =>
      value === 'drop' || value === 'refuse' ? `Write missing: { rows: '${value}' }` : null,
  }),
  name: kinds.text,
  cacheBytes: true,
} as const;

/** Throws a `RangeError` for options that are misspelled. */
export function checkMissing(action: string, missing: MissingOptions = {}): void {
  checkOptions(action, missing, { marks: kinds.list, fill: kinds.record, rows: true });
  const { rows, fill = {} } = missing;
  for (const [column, value] of Object.entries(fill)) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    throw new RangeError(`${action}: missing.fill of column '${column}' must be finite, got ${value}`);
  }
  if (rows !== undefined && rows !== 'refuse' && rows !== 'drop') {
    throw new RangeError(`${action}: missing.rows must be 'refuse' or 'drop', got '${rows}'`);
  }
}
