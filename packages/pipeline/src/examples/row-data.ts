// A client's rows as kernel graphs see them: numbers as float32, where NaN stands for a missing one, and texts as their
// bytes, where no bytes stand for a missing one.
import {
  type Dataset,
  float32,
  type StructType,
  struct,
  type TensorType,
  uint8,
} from '@starling/federated-core';
import {
  type NumberCells,
  type Table,
  type TableColumns,
  type TextCells,
  textBytes,
} from '@starling/population';

/** The type of a row: a field for each column. */
export function rowType(columns: TableColumns): StructType<Readonly<Record<string, TensorType>>> {
  const fields = Object.entries(columns).map(
    ([name, column]) => [name, column.kind === 'text' ? uint8(column.maxBytes) : float32()] as const,
  );
  return struct(Object.fromEntries(fields)) as StructType<Readonly<Record<string, TensorType>>>;
}

/** A table as a dataset of such rows. */
export function rowsOf({ length, columns: cells }: Table, columns: TableColumns): Dataset {
  const tensors = Object.entries(columns).map(([name, column]) => {
    const own = cells[name] as NumberCells | TextCells;
    if (column.kind === 'number') {
      const { values, missing } = own as NumberCells;
      const data = Float32Array.from(values, (value, row) => (missing?.[row] === 1 ? Number.NaN : value));
      return [name, { dtype: 'float32', shape: [length], data }] as const;
    }
    const data = new Uint8Array(length * column.maxBytes);
    (own as TextCells).values.forEach((text, row) => {
      if (text !== null) data.set(textBytes(column, text), row * column.maxBytes);
    });
    return [name, { dtype: 'uint8', shape: [length, column.maxBytes], data }] as const;
  });
  return { length, columns: Object.fromEntries(tensors) as Dataset['columns'] };
}
