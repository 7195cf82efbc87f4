// Arrays as MNIST and its kin come: IDX, a header of big-endian sizes and the elements in order (Y. LeCun, C. Cortes,
// C. Burges, "The MNIST database of handwritten digits", section "File formats").
import type { Tensor } from '@starling/federated-core';
import { FileError, type FilePlace } from '../errors/file-error.js';
import { arrayOf, ELEMENTS, type ElementKind } from './array-elements.js';

/** By the third byte of the file. */
const KINDS: ReadonlyMap<number, ElementKind> = new Map<number, ElementKind>([
  [0x08, ELEMENTS.uint8],
  [0x09, ELEMENTS.int8],
  [0x0b, ELEMENTS.int16],
  [0x0c, ELEMENTS.int32],
  [0x0d, ELEMENTS.float32],
  [0x0e, ELEMENTS.float64],
]);

/** Whether a file begins as IDX does. */
export function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && KINDS.has(bytes[2] as number);
}

/** Throws a `FileError` at `place` for a header that is cut short, or elements that are not as many as it says. */
export function readIdxArray(place: FilePlace, bytes: Uint8Array): Tensor {
  const rank = bytes[3] as number;
  const begin = 4 + 4 * rank;
  if (bytes.length < begin) {
    throw new FileError({
      ...place,
      need: `must have a header of ${begin} bytes, for ${rank} axes`,
      got: String(bytes.length),
      remedy: 'Check that it is whole.',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return arrayOf(place, bytes.subarray(begin), shape, KINDS.get(bytes[2] as number) as ElementKind, false);
}
