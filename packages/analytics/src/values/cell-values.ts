// Values of a column as bytes and back, whether they are numbers or text.
import { orderedNumber, readNumber, readText, type TableColumn, textBytes } from '@starling/population';

export type CellValue = number | string;

/** Throws a `RangeError` for a value that the column does not hold. */
export function bytesOfValue(column: TableColumn, value: CellValue): readonly number[] {
  return column.kind === 'text' ? textBytes(column, value as string) : orderedNumber(column, value as number);
}

export function valueOfBytes(column: TableColumn, bytes: readonly number[]): CellValue {
  return column.kind === 'text' ? readText(column, bytes) : readNumber(column, bytes);
}

/** A value, the rows that have it, and the clients. */
export interface CountedValue {
  readonly value: CellValue;
  readonly rows: number;
  readonly clients: number;
}

/** The most frequent first; of as many rows the larger value, and of texts the one that is later by its bytes. */
export function byFrequency(left: CountedValue, right: CountedValue): number {
  if (left.rows !== right.rows) return right.rows - left.rows;
  if (typeof left.value === 'number' && typeof right.value === 'number') return right.value - left.value;
  return compareBytes(encoder.encode(String(right.value)), encoder.encode(String(left.value)));
}

const encoder = new TextEncoder();

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return (left[at] as number) - (right[at] as number);
  }
  return left.length - right.length;
}
