// Tensors as every room, thread and socket passes them: an element type, a shape, and a flat array
// in row-major order. Plain objects, so that they survive a structured clone.
import { optionError } from '../errors/check-option.js';
import { describeValue } from '../errors/describe-value.js';
import type { DType } from '../types/types.js';

export interface TensorDataMap {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  /** 0 or 1 a byte. */
  bool: Uint8Array;
  string: readonly string[];
}

export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TensorDataMap[D];
}

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/** The same tensor over an array of its own. */
export function copyTensor<D extends DType>({ dtype, shape, data }: Tensor<D>): Tensor<D> {
  return { dtype, shape: [...shape], data: data.slice() as Tensor<D>['data'] };
}

/** Bytes of one element; strings have no fixed size and count 0. */
export const bytesPerElement = {
  float32: 4,
  float64: 8,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
  string: 0,
} as const satisfies Record<DType, number>;

/** A zero-filled array of an element type; empty strings for `string`. */
export function allocate<D extends DType>(dtype: D, length: number): TensorDataMap[D] {
  const make: { [K in DType]: () => TensorDataMap[K] } = {
    float32: () => new Float32Array(length),
    float64: () => new Float64Array(length),
    int32: () => new Int32Array(length),
    int64: () => new BigInt64Array(length),
    uint8: () => new Uint8Array(length),
    bool: () => new Uint8Array(length),
    string: () => new Array<string>(length).fill(''),
  };
  return make[dtype]();
}

/** A tensor over existing data, which is not copied; throws a `RangeError` if `partsFault` finds a fault. */
export function tensor<D extends DType>(
  dtype: D,
  shape: readonly number[],
  data: TensorDataMap[D],
): Tensor<D> {
  if (!Array.isArray(shape)) {
    throw optionError(`Cannot make a tensor: need a shape, such as [2, 3], got ${describeValue(shape)}`);
  }
  const fault = partsFault({ dtype, shape, data });
  if (fault !== null) throw optionError(`Cannot make a tensor: need ${fault.need}, got ${fault.got}`);
  return { dtype, shape, data };
}

/**
 * Whether a value is a tensor, sound or not, rather than a struct that happens to have fields of the same names: told
 * by the kinds of its three parts, so that tensors survive a structured clone. Where a type is at hand, it decides.
 */
export function isTensor(input: unknown): input is Tensor {
  if (typeof input !== 'object' || input === null) return false;
  const { dtype, shape, data } = input as Partial<Tensor>;
  const isData = Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
  return isData && Array.isArray(shape) && typeof dtype === 'string' && Object.hasOwn(ARRAY_TYPES, dtype);
}

/** What something had to be, and what it is, in words for an error. */
export interface Fault {
  readonly need: string;
  readonly got: string;
}

/**
 * How the parts of a tensor contradict each other, or null: the array must be the element type's, dimensions
 * non-negative integers, the length their product, bools 0 or 1, and strings text. Numbers are not read: their
 * check costs the same whatever the size.
 */
export function partsFault({ dtype, shape, data }: Tensor): Fault | null {
  const arrayType = ARRAY_TYPES[dtype];
  if (!Object.hasOwn(ARRAY_TYPES, dtype)) {
    return { need: `an element type of ${Object.keys(ARRAY_TYPES).join(', ')}`, got: describeValue(dtype) };
  }
  if (!isOfDtype(dtype, data) && nameOfArray(data) !== arrayType) {
    return { need: `data of ${dtype} in a ${arrayType}`, got: nameOfArray(data) };
  }
  for (const dimension of shape) {
    if (!(Number.isSafeInteger(dimension) && dimension >= 0)) {
      return { need: 'dimensions that are non-negative integers', got: `[${shape.join(', ')}]` };
    }
  }
  if (data.length !== sizeOf(shape)) {
    return { need: `${sizeOf(shape)} elements for shape [${shape.join(', ')}]`, got: String(data.length) };
  }
  if (dtype === 'bool') return faultOfBools(data as Uint8Array);
  return dtype === 'string' ? faultOfStrings(data as readonly unknown[]) : null;
}

const ARRAY_TYPES = {
  float32: 'Float32Array',
  float64: 'Float64Array',
  int32: 'Int32Array',
  int64: 'BigInt64Array',
  uint8: 'Uint8Array',
  bool: 'Uint8Array',
  string: 'Array',
} as const satisfies Record<DType, string>;

/** The quick answer for arrays of this realm. */
function isOfDtype(dtype: DType, data: unknown): boolean {
  switch (dtype) {
    case 'float32':
      return data instanceof Float32Array;
    case 'int32':
      return data instanceof Int32Array;
    case 'uint8':
    case 'bool':
      return data instanceof Uint8Array;
    default:
      return false;
  }
}

/** By the tag of a typed array rather than its constructor, which differs between realms and subclasses (`Buffer`). */
function nameOfArray(data: unknown): string {
  if (Array.isArray(data)) return 'Array';
  return Object.prototype.toString.call(data).slice('[object '.length, -1);
}

function faultOfBools(bytes: Uint8Array): Fault | null {
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index]! > 1) return { need: 'bools of 0 or 1', got: `${bytes[index]} at element ${index}` };
  }
  return null;
}

function faultOfStrings(items: readonly unknown[]): Fault | null {
  const index = items.findIndex((item) => typeof item !== 'string');
  return index === -1 ? null : { need: 'strings', got: `a ${typeof items[index]} at element ${index}` };
}
