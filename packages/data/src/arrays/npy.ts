// Arrays of numpy: an `.npy` file, or one of those in an `.npz` archive (NEP 1, "A Simple File Format for NumPy
// Arrays"): a header in the words of Python, and the elements in order.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import { FileError, type FilePlace } from '../errors/file-error.js';

const MAGIC = '\x93NUMPY';
/** How each element type of numpy is read; int64 becomes int32, and float16 is refused, as is text. */
const KINDS = {
  f4: { dtype: 'float32', bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  f8: { dtype: 'float64', bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  i1: { dtype: 'int32', bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  i2: { dtype: 'int32', bytes: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  i4: { dtype: 'int32', bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  i8: { dtype: 'int32', bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
  u1: { dtype: 'uint8', bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  b1: { dtype: 'bool', bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
} as const;
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Throws a `FileError` at `place` for bytes that are no array, or one of a type that has no place here. */
export function readNpy(place: FilePlace, bytes: Uint8Array): Tensor {
  const fault = (need: string, got: string, remedy: string): FileError =>
    new FileError({ ...place, need, got, remedy });
  if (bytes.length < 10 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== MAGIC) {
    throw fault('must be an array of numpy', 'other bytes', 'Write it with numpy.save or numpy.savez.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] as number) > 1;
  const begin = isLong ? 12 : 10;
  const end = begin + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(begin, end)).toString('latin1');
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1] ?? 'none';
  const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (shape === undefined) throw fault('must have a header of numpy', header.slice(0, 40), 'Write it anew.');
  if (/'fortran_order': *True/.test(header)) {
    throw fault('must be in C order', 'Fortran order', 'Write numpy.ascontiguousarray(array).');
  }
  const kind = KINDS[descr.slice(1) as keyof typeof KINDS];
  if (kind === undefined || descr.startsWith('>')) {
    throw fault(
      'must be of float32, float64, int8 to int64, uint8 or bool',
      descr,
      "Convert it: array.astype('float32').",
    );
  }
  const dimensions = shape
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const size = sizeOf(dimensions);
  if (bytes.length - end !== size * kind.bytes) {
    throw fault(
      `must have ${size * kind.bytes} bytes of elements`,
      String(bytes.length - end),
      'Check that it is whole.',
    );
  }
  const data = new ARRAYS[kind.dtype](size);
  for (let at = 0; at < size; at++) {
    const value = kind.read(view, end + at * kind.bytes);
    if (kind.dtype === 'int32' && (value | 0) !== value) {
      throw fault('must be within int32', String(value), "Convert it: array.astype('float64').");
    }
    data[at] = value;
  }
  return { dtype: kind.dtype, shape: dimensions, data } as Tensor;
}
