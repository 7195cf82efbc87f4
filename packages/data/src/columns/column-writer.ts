// Writes values of a file into the columns of a client, row by row: numbers, text in fixed bytes, places in a list.
import type { Tensor, TensorType } from '@starling/federated-core';
import { allocate, sizeOf } from '@starling/federated-core/plan';
import { quoted } from '../errors/file-error.js';
import { formatList } from '../errors/format-list.js';
import { fitsFloat32, isVector } from './column-facts.js';
import { type ColumnType, tensorOf } from './column-type.js';
import { encodeText } from './text.js';

export interface ColumnWriter {
  /** Whether it takes text even of cells that look like numbers. */
  readonly takesText: boolean;
  /** Completes "must be": `a whole number of int32`. */
  readonly need: string;
  /** Writes a number, text, boolean, bigint, time or list to a row; false if it does not fit. */
  write(value: unknown, row: number): boolean;
  /** The column so far. */
  tensor(): Tensor;
}

/** For a column of `length` rows. */
export function columnWriter(type: ColumnType, length: number): ColumnWriter {
  const { dtype, shape } = tensorOf(type);
  const dimensions = shape as readonly number[];
  const size = sizeOf(dimensions);
  const data = allocate(dtype, length * size);
  const tensor = (): Tensor => ({ dtype, shape: [length, ...dimensions], data });
  if (type.kind === 'text') {
    const bytes = data as Uint8Array;
    const write = (value: unknown, row: number): boolean => {
      const encoded = encodeText(textOf(value), type.maxBytes);
      if (encoded === null) return false;
      bytes.set(encoded, row * size);
      return true;
    };
    return { takesText: true, need: `text of at most ${type.maxBytes} bytes`, write, tensor };
  }
  if (type.kind === 'categories') {
    const places = new Map(type.names.map((name, place) => [name, place]));
    const write = (value: unknown, row: number): boolean => {
      const place = places.get(textOf(value));
      if (place === undefined) return false;
      (data as Int32Array)[row] = place;
      return true;
    };
    return {
      takesText: true,
      need: `one of ${formatList(type.names.map(quoted))}`,
      write,
      tensor,
    };
  }
  const put = putter(type, data as unknown as number[]);
  const write =
    size === 1 && dimensions.length === 0
      ? put
      : (value: unknown, row: number) => writeParts(value, row * size, put) === (row + 1) * size;
  return { takesText: false, need: needOf(type), write, tensor };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

/** Writes the parts of a list one after the other; NaN if one of them does not fit. */
function writeParts(value: unknown, at: number, put: (value: unknown, at: number) => boolean): number {
  if (!isVector(value)) return put(value, at) ? at + 1 : Number.NaN;
  let next = at;
  for (const part of value) next = writeParts(part, next, put);
  return next;
}

/** Puts a number of the element type at a place of the data. */
function putter({ dtype }: TensorType, data: number[] | bigint[]): (value: unknown, at: number) => boolean {
  const low = dtype === 'int32' ? -(2 ** 31) : 0;
  const high = dtype === 'int32' ? 2 ** 31 - 1 : dtype === 'bool' ? 1 : 255;
  if (dtype === 'int64') {
    return (value, at) => {
      if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false;
      (data as bigint[])[at] = BigInt(value as number);
      return true;
    };
  }
  if (dtype === 'string') {
    return (value, at) => {
      (data as unknown as string[])[at] = textOf(value);
      return true;
    };
  }
  const isFloat = dtype === 'float32' || dtype === 'float64';
  return (value, at) => {
    const number = numberOf(value, dtype === 'bool');
    if (dtype === 'float32' && number !== null && !fitsFloat32(number)) return false;
    if (number === null || !(isFloat || (Number.isInteger(number) && number >= low && number <= high)))
      return false;
    (data as number[])[at] = number;
    return true;
  };
}

function numberOf(value: unknown, isBool: boolean): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (value instanceof Date) return value.getTime();
  if (isBool && typeof value === 'string') return readBoolean(value);
  return null;
}

/** 1 for `true` and 0 for `false` in any case, else null. */
export function readBoolean(text: string): number | null {
  const lower = text.length > 5 ? '' : text.toLowerCase();
  return lower === 'true' ? 1 : lower === 'false' ? 0 : null;
}

function needOf({ dtype, shape }: TensorType): string {
  if (shape.length > 0) return `a list of ${dtype}[${shape.join(',')}]`;
  const needs = {
    float32: 'a number',
    float64: 'a number',
    int32: 'a whole number from -2147483648 to 2147483647',
    int64: 'a whole number',
    uint8: 'a whole number from 0 to 255',
    bool: 'true or false',
    string: 'text',
  } as const;
  return needs[dtype];
}
