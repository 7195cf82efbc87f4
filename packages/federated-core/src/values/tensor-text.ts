// A tensor within JSON: exact, since its bytes are written (little-endian, in hexadecimal), and strings as they are.
import { StarlingError } from '../errors/starling-error.js';
import type { DType } from '../types/types.js';
import { allocate, bytesPerElement, partsFault, sizeOf, type Tensor } from './tensor.js';

export interface TensorText {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Two hexadecimal digits a byte, or the strings. */
  readonly data: string | readonly string[];
}

export function encodeTensor({ dtype, shape, data }: Tensor): TensorText {
  if (isStrings(data)) return { dtype, shape, data };
  const bytes = littleEndian(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(), dtype);
  return { dtype, shape, data: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

/** Throws a `StarlingError` (`bad-tensor`) when the data's length is not the shape's, or a bool is neither 0 nor 1. */
export function decodeTensor({ dtype, shape, data }: TensorText): Tensor {
  const size = sizeOf(shape);
  if (typeof data !== 'string') {
    if (dtype !== 'string' || data.length !== size) throw bad(dtype, shape, data.length);
    return sound({ dtype, shape, data });
  }
  const length = size * bytesPerElement[dtype];
  if (dtype === 'string' || data.length !== 2 * length || !/^[0-9a-f]*$/.test(data))
    throw bad(dtype, shape, data.length);
  const bytes = Uint8Array.from({ length }, (_, index) =>
    Number.parseInt(data.slice(2 * index, 2 * index + 2), 16),
  );
  const target = allocate(dtype, size) as Float32Array;
  new Uint8Array(target.buffer).set(littleEndian(bytes, dtype));
  return sound({ dtype, shape, data: target });
}

function sound(tensor: Tensor): Tensor {
  const fault = partsFault(tensor);
  if (fault === null) return tensor;
  throw new StarlingError('bad-tensor', `Cannot read a tensor: need ${fault.need}, got ${fault.got}`);
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes in this machine's order to little-endian, and back. */
function littleEndian(bytes: Uint8Array, dtype: DType): Uint8Array {
  if (isLittleEndian) return bytes;
  const width = bytesPerElement[dtype];
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
  return bytes;
}

function isStrings(data: Tensor['data']): data is readonly string[] {
  return Array.isArray(data);
}

function bad(dtype: DType, shape: readonly number[], got: number): StarlingError {
  return new StarlingError(
    'bad-tensor',
    `Cannot read a tensor ${dtype}[${shape.join(',')}]: need the bytes of ${sizeOf(shape)} elements, got ${got} characters`,
  );
}
