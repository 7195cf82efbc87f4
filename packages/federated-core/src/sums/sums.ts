// The arithmetic of sums: leaves are added up in float64 (int64 in 64-bit integers), so that the sum of many
// float32 updates loses nothing, and are rounded once, to the element type of the result.
import { OverflowError, TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import type { TensorType } from '../types/types.js';
import { allocate, sizeOf, type Tensor } from '../values/tensor.js';
import { type NumberArray, plainVectors, type VectorKernels } from './vector-kernels.js';

/** Zeros in the accumulators' element types; an unknown dimension counts 0 until a first update shows it. */
export function zeroSums(types: readonly TensorType[]): Tensor[] {
  return types.map((type) =>
    zeroLike(
      type.dtype === 'int64' ? 'int64' : 'float64',
      type.shape.map((dimension) => dimension ?? 0),
    ),
  );
}

/**
 * Adds `weight` times each leaf to its sum, in place, for the first `count` sums, by the loops `vectors`. Replaces a
 * sum in `sums` only when its unknown dimensions are met for the first time; a leaf without elements adds nothing.
 * Throws a `TypeMismatchError`, with nothing added, when a leaf has another shape than its sum.
 */
export function addLeaves(
  sums: Tensor[],
  leaves: readonly Tensor[],
  weight: number,
  vectors: VectorKernels = plainVectors,
  count = sums.length,
): Tensor[] {
  for (let index = 0; index < count; index++) checkShape(sums[index]!, leaves[index]!);
  for (let index = 0; index < count; index++) {
    const leaf = leaves[index]!;
    if (leaf.data.length === 0) continue;
    sums[index] = adopt(sums[index]!, leaf);
    const sum = sums[index]!;
    if (sum.dtype === 'int64') addIntegers(sum.data as BigInt64Array, leaf.data as BigInt64Array);
    else if (weight === 1) vectors.add(sum.data as Float64Array, leaf.data as NumberArray);
    else vectors.addWeighted(sum.data as Float64Array, leaf.data as NumberArray, weight);
  }
  return sums;
}

/**
 * Makes ready the first `count` sums for leaves that must all be of one shape, those without elements included: sums
 * that nobody `met` yet take the leaves' shapes. Throws a `TypeMismatchError` if another shape was met.
 */
export function alignSums(sums: Tensor[], leaves: readonly Tensor[], count: number, met: boolean): void {
  for (let index = 0; index < count; index++) {
    const [sum, { shape }] = [sums[index]!, leaves[index]!];
    if (isShape(sum.shape, shape)) continue;
    if (met) throw differing(sum.shape, shape);
    sums[index] = zeroLike(sum.dtype, shape);
  }
}

/** What is left of sums once they are reported. */
export interface CastLeaves {
  readonly leaves: Tensor[];
  /** Whether no float of them is NaN or infinite. */
  readonly areFinite: boolean;
}

/**
 * The sums, each divided by `divisor`, in fresh arrays of the result's element types. Throws an `OverflowError` for
 * integers out of range.
 */
export function castLeaves(
  action: string,
  types: readonly TensorType[],
  sums: readonly Tensor[],
  divisor = 1,
  vectors: VectorKernels = plainVectors,
): CastLeaves {
  let areFinite = true;
  const leaves = sums.map((sum, index): Tensor => {
    const type = types[index]!;
    const data = allocate(type.dtype, sum.data.length);
    if (data instanceof BigInt64Array) data.set(sum.data as BigInt64Array);
    else if (data instanceof Float32Array || data instanceof Float64Array) {
      if (!vectors.divide(data, sum.data as Float64Array, divisor)) areFinite = false;
    } else castIntegers(action, type, data as Int32Array | Uint8Array, sum.data as Float64Array);
    return { dtype: type.dtype, shape: sum.shape, data };
  });
  return { leaves, areFinite };
}

/** An empty sum takes the shape of the first leaf with elements that it meets. */
function adopt(sum: Tensor, leaf: Tensor): Tensor {
  return sum.data.length === 0 ? zeroLike(sum.dtype, leaf.shape) : sum;
}

function checkShape(sum: Tensor, leaf: Tensor): void {
  if (sum.data.length === 0 || leaf.data.length === 0) return;
  if (!isShape(sum.shape, leaf.shape)) throw differing(sum.shape, leaf.shape);
}

function isShape(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis]);
}

function differing(one: readonly number[], other: readonly number[]): TypeMismatchError {
  return new TypeMismatchError(
    `Cannot add updates: shapes must be equal, got [${one.join(',')}] and [${other.join(',')}]`,
  );
}

function zeroLike(dtype: Tensor['dtype'], shape: readonly number[]): Tensor {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
}

function addIntegers(sum: BigInt64Array, values: BigInt64Array): void {
  for (let index = 0; index < sum.length; index++) {
    const exact = sum[index]! + values[index]!;
    if (BigInt.asIntN(64, exact) !== exact) {
      throw new OverflowError(`Cannot add int64 values: the sum must fit 64 bits, got ${exact}`);
    }
    sum[index] = exact;
  }
}

function castIntegers(
  action: string,
  type: TensorType,
  target: Int32Array | Uint8Array,
  sum: Float64Array,
): void {
  for (let index = 0; index < sum.length; index++) {
    target[index] = sum[index]!;
    if (target[index] !== sum[index]) {
      throw new OverflowError(
        `Cannot report ${action}: the sum must fit ${formatType(type)}, got ${sum[index]}`,
      );
    }
  }
}
