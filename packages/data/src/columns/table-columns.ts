// Which columns of a file are read, by their names in it: checked before a value is read, and given types after.

import { type StructType, struct } from '@starling/federated-core';
import { didYouMean } from '@starling/federated-core/plan';
import { FileError, quoted } from '../errors/file-error.js';
import { formatList } from '../errors/format-list.js';
import type { ColumnFacts } from './column-facts.js';
import { type ColumnType, tensorOf, typeCode } from './column-type.js';
import { columnWriter } from './column-writer.js';
import { inferType } from './infer-type.js';
import type { TableOptions } from './table-options.js';

/** A column that is wanted. */
export interface WantedColumn {
  readonly name: string;
  /** Its place in the file. */
  readonly source: number;
  /** As the user gave it, or null. */
  readonly given: ColumnType | null;
  /** What stands for a missing value; undefined if nothing does. */
  readonly fill: number | string | boolean | undefined;
}

export interface TableColumns {
  /** The place of the client's column; −1 if there is none. */
  readonly client: number;
  readonly wanted: readonly WantedColumn[];
}

/** A column with its type. */
export interface TypedColumn extends WantedColumn {
  readonly type: ColumnType;
}

/** Throws a `FileError` for a column that the file does not have. */
export function tableColumns(path: string, names: readonly string[], options: TableOptions): TableColumns {
  const { client, columns, types = {}, missing: { fill = {} } = {} } = options;
  const placeOf = (name: string, option: string): number => {
    const place = names.indexOf(name);
    if (place >= 0) return place;
    throw new FileError({
      path,
      need: `must have a column '${name}', which ${option} names`,
      got: formatList(names),
      remedy: `Name one of these${didYouMean(name, names) || '.'}`,
    });
  };
  const clientPlace = client === undefined ? -1 : placeOf(client, 'client');
  for (const name of Object.keys(types)) placeOf(name, 'types');
  for (const name of Object.keys(fill)) placeOf(name, 'missing.fill');
  const chosen = columns ?? names.filter((name) => name !== client);
  const wanted = chosen.map((name) => ({
    name,
    source: placeOf(name, 'columns'),
    given: types[name] ?? null,
    fill: fill[name],
  }));
  return { client: clientPlace, wanted };
}

/** Gives each column its type, and checks the fill. Throws a `FileError` where no type can be inferred. */
export function typedColumns(
  path: string,
  word: 'line' | 'row',
  wanted: readonly WantedColumn[],
  facts: ReadonlyMap<string, ColumnFacts>,
): readonly TypedColumn[] {
  return wanted.map((column) => {
    const { name, given, fill } = column;
    const type = given ?? withFill(inferType(facts.get(name) as ColumnFacts, path, word), fill);
    if (fill !== undefined && !columnWriter(type, 1).write(fill, 0)) {
      throw new RangeError(
        `Cannot read ${path}: missing.fill of column '${name}' must fit ${typeCode(type)}, got ${typeof fill === 'string' ? quoted(fill) : fill}`,
      );
    }
    return { ...column, type };
  });
}

/** The type that holds the fill too: a fill that is not whole makes an int32 column float32. */
function withFill(type: ColumnType, fill: WantedColumn['fill']): ColumnType {
  if (type.kind === 'tensor' && type.dtype === 'int32' && typeof fill === 'number' && (fill | 0) !== fill) {
    return { ...type, dtype: 'float32' };
  }
  if (type.kind === 'text' && typeof fill === 'string') {
    return { ...type, maxBytes: Math.max(type.maxBytes, Buffer.byteLength(fill)) };
  }
  return type;
}

/** Which columns hold text or categories, for `ClientSource`. */
export function meaningsOf(columns: readonly TypedColumn[]): Readonly<Record<string, 'text' | 'categories'>> {
  return Object.fromEntries(
    columns.flatMap(({ name, type }) => (type.kind === 'tensor' ? [] : [[name, type.kind] as const])),
  );
}

/** What a row of these columns is. */
export function elementOf(columns: readonly TypedColumn[]): StructType {
  return struct(Object.fromEntries(columns.map(({ name, type }) => [name, tensorOf(type)])));
}
