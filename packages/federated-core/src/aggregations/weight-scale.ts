// By how much the weights of a mean are scaled, so that float64 weights and values near the end of their range have a
// mean. Only proportions of weights count, and a power of two changes no digit of a product or a sum.
import type { TensorType } from '../types/types.js';

/** Scaled weights are below 2^−31, so that 2^31 clients' values of any size add up within float64. */
const SPARE_BITS = 32;

/** A power of two for weights of which `weight`, above 0, is the largest. */
export type WeightScale = (weight: number) => number;

/**
 * The scale of a mean of leaves of these types, weight included: 1 if none is float64, since float32 values times
 * weights of 64-bit integers are far from the end of float64's range.
 */
export function weightScale(types: readonly TensorType[]): WeightScale {
  return types.some(({ dtype }) => dtype === 'float64') ? scaleOf : () => 1;
}

function scaleOf(weight: number): number {
  const view = new DataView(new ArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  view.setFloat64(0, weight);
  // A weight below 2^−1022 counts as that, so that the scale is finite too.
  const exponent = Math.max(1, view.getUint16(0) >> 4);
  return 2 ** -SPARE_BITS * 2 ** (EXPONENT_BIAS - exponent);
}

const EXPONENT_BIAS = 1023;
