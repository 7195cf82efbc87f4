// The columns of a table: what kind of value stands in each, so that clients and server agree on the bytes of one.
import { int32, type TensorType, uint8 } from '@starling/federated-core';
import { type Check, checkNumber, ofKind, oneOf } from '@starling/federated-core/plan';

/** How the numbers of a column are kept: exactly, in 8, 4 or 4 bytes. */
export type NumberFormat = 'float64' | 'float32' | 'int32';

export interface NumberColumn {
  readonly kind: 'number';
  readonly format: NumberFormat;
  /** Made by a kernel graph of what clients hold: its bytes are int32 then, which graphs have in place of uint8. */
  readonly computed?: true;
}

/** Text of at most so many bytes of UTF-8, without a NUL. */
export interface TextColumn {
  readonly kind: 'text';
  readonly maxBytes: number;
}

export type TableColumn = NumberColumn | TextColumn;

/** Columns by name, in the order of the table. */
export type TableColumns = Readonly<Record<string, TableColumn>>;

/** The longest text that a column may hold, in bytes. */
const MAX_TEXT_BYTES = 250;

/** A column of numbers; `float64` by default, which every number of JavaScript is. */
export function numberColumn(format: NumberFormat = 'float64'): NumberColumn {
  oneOf('float64', 'float32', 'int32')('Cannot make a column of numbers', 'format', format);
  return { kind: 'number', format };
}

/** A column of float32 that a kernel graph makes of what clients hold. */
export function computedColumn(): NumberColumn {
  return { kind: 'number', format: 'float32', computed: true };
}

/** A column of text of 1 to 250 bytes at most. */
export function textColumn(maxBytes: number): TextColumn {
  checkNumber('Cannot make a column of text', 'maxBytes', maxBytes, {
    whole: true,
    from: 1,
    to: MAX_TEXT_BYTES,
  });
  return { kind: 'text', maxBytes };
}

/** The check of a column, for tables of options. */
export const columnKind: Check = ofKind({
  need: 'a column, such as numberColumn() or textColumn(16)',
  fits: (value) =>
    ['number', 'text'].includes((value as Partial<TableColumn> | null | undefined)?.kind ?? ''),
});

/** How many bytes a value of the column has. */
export function cellBytes(column: TableColumn): number {
  if (column.kind === 'text') return column.maxBytes;
  return column.format === 'float64' ? 8 : 4;
}

/** The type of a value of the column, as computations see it. */
export function cellType(column: TableColumn): TensorType {
  const isComputed = column.kind === 'number' && column.computed === true;
  return isComputed ? int32(cellBytes(column)) : uint8(cellBytes(column));
}
