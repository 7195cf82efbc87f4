// The inner loops of folding: adding up millions of numbers. They are an argument of the reductions, so that a
// runtime may bring faster ones; whatever it brings must give the same bits as these.

export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface VectorKernels {
  /** sum[i] += values[i], in float64. */
  add(sum: Float64Array, values: NumberArray): void;
  /** sum[i] += weight · values[i], in float64: the product is rounded before it is added. */
  addWeighted(sum: Float64Array, values: NumberArray, weight: number): void;
  /** sum[i] = 0 + weight · values[i]: what `addWeighted` makes of zeros, without reading them. */
  setWeighted(sum: Float64Array, values: NumberArray, weight: number): void;
  /** target[i] = sum[i] / divisor, rounded to the target's element type; whether no such number is NaN or infinite. */
  divide(target: Float32Array | Float64Array, sum: Float64Array, divisor: number): boolean;
  /** Whether no value is NaN or infinite. */
  areFinite(values: Float32Array | Float64Array): boolean;
}

/** Plain JavaScript. */
export const plainVectors: VectorKernels = {
  add(sum, values) {
    for (let index = 0; index < sum.length; index++) sum[index] = sum[index]! + values[index]!;
  },
  addWeighted(sum, values, weight) {
    for (let index = 0; index < sum.length; index++) sum[index] = sum[index]! + weight * values[index]!;
  },
  setWeighted(sum, values, weight) {
    for (let index = 0; index < sum.length; index++) sum[index] = 0 + weight * values[index]!;
  },
  divide(target, sum, divisor) {
    if (divisor === 1) target.set(sum);
    else for (let index = 0; index < sum.length; index++) target[index] = sum[index]! / divisor;
    return plainVectors.areFinite(target);
  },
  areFinite: (values) => (values instanceof Float32Array ? areFinite32(values) : areFinite64(values)),
};

// x · 0 is NaN when x is NaN or infinite, and then so is the sum. Four sums, so that the additions overlap; one
// function for each array type, so that each stays monomorphic.

function areFinite32(values: Float32Array): boolean {
  const whole = values.length - (values.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let index = 0; index < whole; index += 4) {
    a += values[index]! * 0;
    b += values[index + 1]! * 0;
    c += values[index + 2]! * 0;
    d += values[index + 3]! * 0;
  }
  for (let index = whole; index < values.length; index++) a += values[index]! * 0;
  return a + b + c + d === 0;
}

function areFinite64(values: Float64Array): boolean {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! * 0;
  return sum === 0;
}
