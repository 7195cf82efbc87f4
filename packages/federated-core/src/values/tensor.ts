// Tensors as every room, thread and socket passes them: an element type, a shape, and a flat array
// in row-major order. Plain objects, so that they survive a structured clone.
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

/** A tensor over existing data; throws a `RangeError` when the data's length is not the shape's size. */
export function tensor<D extends DType>(
  dtype: D,
  shape: readonly number[],
  data: TensorDataMap[D],
): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot make a tensor: shape [${shape.join(', ')}] needs ${sizeOf(shape)} elements, got ${data.length}`,
    );
  }
  return { dtype, shape, data };
}
