// Values of a table as bytes and back. Kernel graphs know float32 and int32 alone; bytes keep every bit of a number.
// The bytes of numbers are in their order: of two numbers the smaller has the smaller first byte that differs. That is
// the bits of IEEE 754, big end first, with the sign bit turned, and all bits of negative numbers. −0 is 0, and every
// NaN is the same one, above +∞.
import { optionError } from '@starling/federated-core/plan';
import type { NumberColumn, TextColumn } from './table-column.js';

const view = new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();
/** Keeps a byte order mark, which is part of a text as any other letter. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Writes `value` to `bytes` at `at`; false if the column's format does not hold it exactly. */
export function writeNumber({ format }: NumberColumn, value: number, bytes: Uint8Array, at: number): boolean {
  if (format === 'int32') {
    if ((value | 0) !== value) return false;
    view.setInt32(0, value);
    copy(bytes, at, 4, 0x80, 0);
    return true;
  }
  const plain = value + 0;
  if (format === 'float32') {
    if (Math.fround(value) !== value && !Number.isNaN(value)) return false;
    view.setFloat32(0, Number.isNaN(plain) ? Number.NaN : plain);
    if (Number.isNaN(plain)) view.setUint32(0, 0x7fc00000);
  } else if (Number.isNaN(plain)) view.setBigUint64(0, 0x7ff8000000000000n);
  else view.setFloat64(0, plain);
  const isNegative = view.getUint8(0) >= 0x80;
  copy(bytes, at, format === 'float32' ? 4 : 8, isNegative ? 0xff : 0x80, isNegative ? 0xff : 0);
  return true;
}

/**
 * Copies `length` bytes of the view, with the bits of `first` turned in the first one and of `others` in the others.
 */
function copy(bytes: Uint8Array, at: number, length: number, first: number, others: number): void {
  bytes[at] = view.getUint8(0) ^ first;
  for (let index = 1; index < length; index++) bytes[at + index] = view.getUint8(index) ^ others;
}

/** The number whose bytes stand at `at`. */
export function readNumber({ format }: NumberColumn, bytes: ArrayLike<number>, at = 0): number {
  const length = format === 'float64' ? 8 : 4;
  const first = bytes[at] as number;
  const isTurned = format !== 'int32' && first < 0x80;
  for (let index = 0; index < length; index++) {
    const turn = isTurned ? 0xff : index === 0 ? 0x80 : 0;
    view.setUint8(index, (bytes[at + index] as number) ^ turn);
  }
  if (format === 'int32') return view.getInt32(0);
  return format === 'float32' ? view.getFloat32(0) : view.getFloat64(0);
}

/** Writes the UTF-8 of `text`, up to the end of its cell with zeros; false if it is too long or contains a NUL. */
export function writeText({ maxBytes }: TextColumn, text: string, bytes: Uint8Array, at: number): boolean {
  const { read, written } = encoder.encodeInto(text, bytes.subarray(at, at + maxBytes));
  return read === text.length && !bytes.subarray(at, at + written).includes(0);
}

/** The text whose bytes stand at `at`. */
export function readText({ maxBytes }: TextColumn, bytes: ArrayLike<number>, at = 0): string {
  const own = Uint8Array.from({ length: maxBytes }, (_, index) => bytes[at + index] as number);
  const end = own.indexOf(0);
  return decoder.decode(end < 0 ? own : own.subarray(0, end));
}

/** The ordered bytes of a number. Throws a `RangeError` if the format does not hold it. */
export function orderedNumber(column: NumberColumn, value: number): readonly number[] {
  const bytes = new Uint8Array(column.format === 'float64' ? 8 : 4);
  if (writeNumber(column, value, bytes, 0)) return [...bytes];
  throw optionError(`Cannot order a number: need one of ${column.format}, got ${value}`);
}

/** The UTF-8 of a text, filled up with zeros. Throws a `RangeError` if the column does not hold it. */
export function textBytes(column: TextColumn, text: string): readonly number[] {
  const bytes = new Uint8Array(column.maxBytes);
  if (writeText(column, text, bytes, 0)) return [...bytes];
  throw optionError(
    `Cannot take a text: need at most ${column.maxBytes} bytes without a NUL, got ${JSON.stringify(text)}`,
  );
}
