// The elements of an array as a file has them, one after the other, as a tensor of a type that Starling has: small
// whole numbers become int32, and int64 as well, where all of its numbers fit.
import type { DType, Tensor } from '@starling/federated-core';
import { FileError, type FilePlace } from '../errors/file-error.js';

/** How an element is read. */
export interface ElementKind {
  readonly dtype: Exclude<DType, 'string' | 'int64'>;
  readonly bytes: number;
  read(view: DataView, at: number, isLittle: boolean): number;
}

export const ELEMENTS = {
  float32: { dtype: 'float32', bytes: 4, read: (view, at, isLittle) => view.getFloat32(at, isLittle) },
  float64: { dtype: 'float64', bytes: 8, read: (view, at, isLittle) => view.getFloat64(at, isLittle) },
  int8: { dtype: 'int32', bytes: 1, read: (view, at) => view.getInt8(at) },
  int16: { dtype: 'int32', bytes: 2, read: (view, at, isLittle) => view.getInt16(at, isLittle) },
  int32: { dtype: 'int32', bytes: 4, read: (view, at, isLittle) => view.getInt32(at, isLittle) },
  int64: { dtype: 'int32', bytes: 8, read: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)) },
  uint8: { dtype: 'uint8', bytes: 1, read: (view, at) => view.getUint8(at) },
  bool: { dtype: 'bool', bytes: 1, read: (view, at) => view.getUint8(at) },
} as const satisfies Record<string, ElementKind>;

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Throws a `FileError` at `place` unless `bytes` are as many elements as the shape has, and all fit. */
export function arrayOf(
  place: FilePlace,
  bytes: Uint8Array,
  shape: readonly number[],
  { dtype, bytes: width, read }: ElementKind,
  isLittle: boolean,
): Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (bytes.length !== size * width) {
    throw new FileError({
      ...place,
      need: `must have ${size * width} bytes of elements`,
      got: String(bytes.length),
      remedy: 'Check that it is whole.',
    });
  }
  if (width === 1 && dtype !== 'int32') return { dtype, shape, data: bytes } as Tensor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new ARRAYS[dtype](size);
  for (let at = 0; at < size; at++) {
    const value = read(view, at * width, isLittle);
    if (dtype === 'int32' && (value | 0) !== value) {
      throw new FileError({
        ...place,
        need: 'must be within int32',
        got: String(value),
        remedy: "Convert it: array.astype('float64').",
      });
    }
    data[at] = value;
  }
  return { dtype, shape, data } as Tensor;
}
