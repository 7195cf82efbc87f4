// A client's table as a value that computations take: each column as its different values, with how many rows have
// each, and how many rows miss it. Columns whose rows belong together are kept row by row besides.
import {
  type Dataset,
  int32,
  type StructType,
  sequence,
  struct,
  type Tensor,
  type Value,
} from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { writeNumber, writeText } from './cell-bytes.js';
import type { NumberCells, Table, TextCells } from './table.js';
import {
  cellBytes,
  cellType,
  type NumberColumn,
  type TableColumn,
  type TableColumns,
  type TextColumn,
} from './table-column.js';

/** What a client holds of a column: `values`, each different one once, with its rows; `missing`, rows without one. */
export function columnData(column: TableColumn): StructType {
  return struct({ values: sequence(struct({ value: cellType(column), rows: int32() })), missing: int32() });
}

/** What a client holds of columns row by row: those rows alone in which none of them is missing. */
export function jointData(columns: readonly TableColumn[]): StructType {
  return struct({ rows: sequence(struct(columns.map(cellType))) });
}

/** The type of a client's data: `columns`, a field for each, and `joint`, a field for each list of joint columns. */
export function tableData(columns: TableColumns, joint: readonly (readonly string[])[] = []): StructType {
  return struct({
    columns: struct(Object.values(columns).map(columnData)),
    joint: struct(joint.map((names) => jointData(names.map((name) => columns[name] as TableColumn)))),
  });
}

/**
 * A client's table as a value of `tableData`. Throws a `RangeError` that names the row of a value that does not fit.
 */
export function encodeTable(
  { length, columns: cells }: Table,
  columns: TableColumns,
  joint: readonly (readonly string[])[],
  who: string,
): Value {
  const entries = Object.entries(columns).map(([name, column]) => {
    const own = cells[name] as NumberCells | TextCells;
    const where = `column '${name}' of ${who}`;
    return column.kind === 'text'
      ? textValues(column, own as TextCells, where)
      : numberValues(column, own as NumberCells, where);
  });
  const rows = joint.map((names) => ({ rows: jointRows(length, names, columns, cells, who) }));
  return { columns: positions(entries), joint: positions(rows) } as unknown as Value;
}

/** The value of a struct of positions; one without any is written as a record. */
const positions = (values: readonly unknown[]): unknown => (values.length === 0 ? {} : values);

function numberValues(column: NumberColumn, { values, missing }: NumberCells, where: string): Value {
  const present = missing === null ? values.slice() : values.filter((_, row) => missing[row] === 0);
  for (let at = 0; at < present.length; at++) present[at] = (present[at] as number) + 0;
  present.sort(); // NaN last
  const size = cellBytes(column);
  const bytes = new Uint8Array(present.length * size);
  const rows = new Int32Array(present.length);
  let count = 0;
  for (let at = 0; at < present.length; at++) {
    const value = present[at] as number;
    if (at > 0 && Object.is(value, present[at - 1])) rows[count - 1] = (rows[count - 1] as number) + 1;
    else {
      if (!writeNumber(column, value, bytes, count * size)) throw misfit(where, column.format, value);
      rows[count++] = 1;
    }
  }
  return valuesOf(bytes, rows, count, size, values.length - present.length);
}

function textValues(column: TextColumn, { values }: TextCells, where: string): Value {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values) {
    if (value === null) missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const bytes = new Uint8Array(counts.size * column.maxBytes);
  let at = 0;
  for (const text of counts.keys()) {
    if (!writeText(column, text, bytes, at)) throw misfit(where, textNeed(column), text);
    at += column.maxBytes;
  }
  return valuesOf(bytes, Int32Array.from(counts.values()), counts.size, column.maxBytes, missing);
}

function valuesOf(bytes: Uint8Array, rows: Int32Array, count: number, size: number, missing: number): Value {
  const values: Dataset = {
    length: count,
    columns: {
      value: { dtype: 'uint8', shape: [count, size], data: bytes.slice(0, count * size) },
      rows: { dtype: 'int32', shape: [count], data: rows.slice(0, count) },
    },
  };
  return {
    values,
    missing: { dtype: 'int32', shape: [], data: Int32Array.of(missing) },
  } as unknown as Value;
}

function jointRows(
  length: number,
  names: readonly string[],
  columns: TableColumns,
  cells: Table['columns'],
  who: string,
): Dataset {
  const all = names.map((name) => cells[name] as NumberCells | TextCells);
  const isThere = (row: number): boolean =>
    all.every((own) => (own.kind === 'text' ? own.values[row] !== null : own.missing?.[row] !== 1));
  const kept = Int32Array.from({ length }, (_, row) => row).filter(isThere);
  const tensors = names.map((name, at): Tensor => {
    const column = columns[name] as TableColumn;
    const size = cellBytes(column);
    const data = new Uint8Array(kept.length * size);
    const values = (all[at] as NumberCells | TextCells).values as ArrayLike<number | string>;
    for (let row = 0; row < kept.length; row++) {
      const value = values[kept[row] as number] as never;
      const fits =
        column.kind === 'text'
          ? writeText(column, value, data, row * size)
          : writeNumber(column, value, data, row * size);
      if (!fits) {
        throw misfit(
          `column '${name}' of ${who}`,
          column.kind === 'text' ? textNeed(column) : column.format,
          value,
        );
      }
    }
    return { dtype: 'uint8', shape: [kept.length, size], data };
  });
  return { length: kept.length, columns: tensors as never };
}

const textNeed = ({ maxBytes }: TextColumn): string => `text of at most ${maxBytes} bytes without a NUL`;

function misfit(where: string, need: string, got: number | string): RangeError {
  return optionError(`Cannot take a table: ${where} must hold ${need}, got ${JSON.stringify(got)}`);
}
