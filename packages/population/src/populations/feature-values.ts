// The numbers of a feature that a skew may change, and what fits them.
import type { Tensor } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';

/**
 * The column with each number changed: in float32 and float64 as it is, in uint8 rounded, and cut to 0 … 255. Throws a
 * `RangeError` for a column of another element type.
 */
export function withNumbers(action: string, column: Tensor, numberAt: (index: number) => number): Tensor {
  const { dtype, shape, data } = column;
  const { length } = data;
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from({ length }, (_, index) => numberAt(index)) };
    case 'float64':
      return { dtype, shape, data: Float64Array.from({ length }, (_, index) => numberAt(index)) };
    case 'uint8':
      // A clamped array rounds halves to even.
      return {
        dtype,
        shape,
        data: new Uint8Array(Uint8ClampedArray.from({ length }, (_, index) => numberAt(index))),
      };
    default:
      throw optionError(`${action}: need a feature of float32, float64 or uint8, got ${dtype}`);
  }
}
