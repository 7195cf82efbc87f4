// Tensors in shared memory: one buffer for a list of leaves, each aligned to 8 bytes. Made once and written
// many times, so that a round allocates nothing large.
import type { DType, Tensor } from '@starling/federated-core';
import { allocate, bytesPerElement, sizeOf } from '@starling/federated-core/plan';

/** Leaves like `leaves` in a fresh shared buffer, zero-filled. Strings cannot be shared: they stay empty. */
export function shareLike(leaves: readonly Tensor[]): readonly Tensor[] {
  const buffer = new SharedArrayBuffer(byteLength(leaves));
  return place(leaves, buffer);
}

/** A leaf without its data. */
export type LeafForm = Pick<Tensor, 'dtype' | 'shape'>;

/** Whether `from` can be written over `to` as it is: the same dtypes and shapes, and no strings. */
export function fitsLeaves(to: readonly Tensor[], from: readonly Tensor[]): boolean {
  return (
    to.length === from.length &&
    to.every((leaf, index) => {
      const other = from[index]!;
      return (
        leaf.dtype !== 'string' &&
        leaf.dtype === other.dtype &&
        leaf.shape.length === other.shape.length &&
        leaf.shape.every((size, axis) => size === other.shape[axis])
      );
    })
  );
}

/** Writes the data of `from` over that of `to`, which must fit; strings are taken over. Gives the leaves written. */
export function writeLeaves(to: readonly Tensor[], from: readonly Tensor[]): readonly Tensor[] {
  return to.map((leaf, index) => {
    const source = from[index]!;
    if (source.dtype === 'string') return source;
    if (source.data !== leaf.data) (leaf.data as Uint8Array).set(source.data as Uint8Array);
    return leaf;
  });
}

/** Bytes that leaves take in one buffer; strings take none. */
export function byteLength(leaves: readonly LeafForm[]): number {
  return leaves.reduce(
    (total, { dtype, shape }) => total + aligned(sizeOf(shape) * bytesPerElement[dtype]),
    0,
  );
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Leaves like `leaves` over `buffer`, one after another from byte `start`, which is a multiple of 8. */
export function place(
  leaves: readonly LeafForm[],
  buffer: ArrayBuffer | SharedArrayBuffer,
  start = 0,
): readonly Tensor[] {
  let offset = start;
  return leaves.map(({ dtype, shape }): Tensor => {
    const own = offset;
    const length = sizeOf(shape);
    offset += aligned(length * bytesPerElement[dtype]);
    return { dtype, shape, data: viewOf(dtype, buffer, own, length) };
  });
}

function viewOf(
  dtype: DType,
  buffer: ArrayBuffer | SharedArrayBuffer,
  start: number,
  length: number,
): Tensor['data'] {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, start, length);
    case 'float64':
      return new Float64Array(buffer, start, length);
    case 'int32':
      return new Int32Array(buffer, start, length);
    case 'int64':
      return new BigInt64Array(buffer, start, length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, start, length);
    case 'string':
      return allocate('string', length);
  }
}
