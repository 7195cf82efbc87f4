// The IDX format: a big-endian header and the elements of one array (Y. LeCun, C. Cortes, C. Burges, "The MNIST
// database of handwritten digits", section "File formats"). Read into memory that threads can share.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Tensor } from '@starling/federated-core';
import { kinds, sizeOf } from '@starling/federated-core/plan';

const UNSIGNED_BYTE = 0x08;

/** Reads an IDX file of unsigned bytes as a uint8 tensor. Throws a `RangeError` when it is not one. */
export function readIdx(path: string): Tensor<'uint8'> {
  kinds.text('Cannot read an IDX file', 'path', path);
  const bytes = readShared(path);
  const view = new DataView(bytes.buffer);
  const rank = bytes[3] ?? 0;
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== UNSIGNED_BYTE) {
    throw new RangeError(
      `Cannot read ${path}: an IDX file of unsigned bytes starts with 0, 0, 8, got ${bytes.slice(0, 3)}`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const data = bytes.subarray(headerBytes);
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot read ${path}: shape [${shape.join(', ')}] needs ${sizeOf(shape)} bytes, got ${data.length}`,
    );
  }
  return { dtype: 'uint8', shape, data };
}

function readShared(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(new SharedArrayBuffer(fstatSync(file).size));
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(file, bytes, at, bytes.length - at, at);
      if (read === 0) throw new RangeError(`Cannot read ${path}: it ended after ${at} bytes`);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
