// Arrays of numpy: an `.npy` file, or one of those in an `.npz` archive (NEP 1, "A Simple File Format for NumPy
// Arrays"): a header in the words of Python, and the elements in order.
import type { Tensor } from '@starling/federated-core';
import { FileError, type FilePlace } from '../errors/file-error.js';
import { arrayOf, ELEMENTS, type ElementKind } from './array-elements.js';

const MAGIC = '\x93NUMPY';
/** By the words of numpy; float16 is refused, and so is text. */
const KINDS: Readonly<Record<string, ElementKind>> = {
  f4: ELEMENTS.float32,
  f8: ELEMENTS.float64,
  i1: ELEMENTS.int8,
  i2: ELEMENTS.int16,
  i4: ELEMENTS.int32,
  i8: ELEMENTS.int64,
  u1: ELEMENTS.uint8,
  b1: ELEMENTS.bool,
};

/** Whether a file begins as an array of numpy does. */
export function isNpy(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && Buffer.from(bytes.subarray(0, 6)).toString('latin1') === MAGIC;
}

/** Throws a `FileError` at `place` for bytes that are no array, or one of a type that has no place here. */
export function readNpy(place: FilePlace, bytes: Uint8Array): Tensor {
  const fault = (need: string, got: string, remedy: string): FileError =>
    new FileError({ ...place, need, got, remedy });
  if (!isNpy(bytes)) {
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
  const dimensions = shape
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  // One axis has the same order either way, and numpy says Fortran of some such arrays.
  if (/'fortran_order': *True/.test(header) && dimensions.length > 1) {
    throw fault('must be in C order', 'Fortran order', 'Write numpy.ascontiguousarray(array).');
  }
  const kind = KINDS[descr.slice(1)];
  if (kind === undefined) {
    throw fault(
      'must be of float32, float64, int8 to int64, uint8 or bool',
      descr,
      "Convert it: array.astype('float32').",
    );
  }
  return arrayOf(place, bytes.subarray(end), dimensions, kind, !descr.startsWith('>'));
}
