// The arithmetic of sums: leaves are added up in float64 (int64 in 64-bit integers), so that the sum of many
// float32 updates loses nothing, and are rounded once, to the element type of the result.
import { OverflowError, TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import type { TensorType } from '../types/types.js';
import { allocate, sizeOf, type Tensor } from '../values/tensor.js';
import { type NumberArray, plainVectors, type VectorKernels } from './vector-kernels.js';

/** Where a leaf stands, for the end of an error: see `leafPlace`. */
export type PlaceOfLeaf = (leaf: number) => string;

const nowhere: PlaceOfLeaf = () => '';

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
  place: PlaceOfLeaf = nowhere,
): Tensor[] {
  for (let index = 0; index < count; index++) {
    const sum = sums[index]!;
    const leaf = leaves[index]!;
    if (sum.data.length === 0 || leaf.data.length === 0 || isShape(sum.shape, leaf.shape)) continue;
    throw differing(sum.shape, leaf.shape, place(index));
  }
  for (let index = 0; index < count; index++) {
    const leaf = leaves[index]!;
    if (leaf.data.length === 0) continue;
    sums[index] = adopt(sums[index]!, leaf);
    const sum = sums[index]!;
    if (sum.dtype === 'int64') {
      const overflow = addIntegers(sum.data as BigInt64Array, leaf.data as BigInt64Array);
      if (overflow !== null) throw tooLarge('add int64 values', '64 bits', overflow, place(index));
    } else if (weight === 1) vectors.add(sum.data as Float64Array, leaf.data as NumberArray);
    else vectors.addWeighted(sum.data as Float64Array, leaf.data as NumberArray, weight);
  }
  return sums;
}

/**
 * What `addLeaves` makes of zeros, without reading the sums: their first `count`, which must be floats of the leaves'
 * shapes.
 */
export function setLeaves(
  sums: Tensor[],
  leaves: readonly Tensor[],
  weight: number,
  vectors: VectorKernels = plainVectors,
  count = sums.length,
): Tensor[] {
  for (let index = 0; index < count; index++) {
    vectors.setWeighted(sums[index]!.data as Float64Array, leaves[index]!.data as NumberArray, weight);
  }
  return sums;
}

/**
 * Makes ready the first `count` sums for leaves that must all be of one shape, those without elements included: sums
 * that nobody `met` yet take the leaves' shapes. Throws a `TypeMismatchError` if another shape was met.
 */
export function alignSums(
  sums: Tensor[],
  leaves: readonly Tensor[],
  count: number,
  met: boolean,
  place: PlaceOfLeaf = nowhere,
): void {
  for (let index = 0; index < count; index++) {
    const [sum, { shape }] = [sums[index]!, leaves[index]!];
    if (isShape(sum.shape, shape)) continue;
    if (met) throw differing(sum.shape, shape, place(index));
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
  place: PlaceOfLeaf = nowhere,
): CastLeaves {
  let areFinite = true;
  const leaves = sums.map((sum, index): Tensor => {
    const type = types[index]!;
    const data = allocate(type.dtype, sum.data.length);
    if (data instanceof BigInt64Array) data.set(sum.data as BigInt64Array);
    else if (data instanceof Float32Array || data instanceof Float64Array) {
      if (!vectors.divide(data, sum.data as Float64Array, divisor)) areFinite = false;
    } else {
      const overflow = castIntegers(data as Int32Array | Uint8Array, sum.data as Float64Array);
      if (overflow !== null) throw tooLarge(`report ${action}`, formatType(type), overflow, place(index));
    }
    return { dtype: type.dtype, shape: sum.shape, data };
  });
  return { leaves, areFinite };
}

/** An empty sum takes the shape of the first leaf with elements that it meets. */
function adopt(sum: Tensor, leaf: Tensor): Tensor {
  return sum.data.length === 0 ? zeroLike(sum.dtype, leaf.shape) : sum;
}

function isShape(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis]);
}

function differing(one: readonly number[], other: readonly number[], place: string): TypeMismatchError {
  return new TypeMismatchError(
    `Cannot add updates: shapes must be equal, got [${one.join(',')}] and [${other.join(',')}]${place}`,
  );
}

export function tooLarge(action: string, range: string, got: bigint | number, place: string): OverflowError {
  return new OverflowError(`Cannot ${action}: the sum must fit ${range}, got ${got}${place}`);
}

function zeroLike(dtype: Tensor['dtype'], shape: readonly number[]): Tensor {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
}

/** Gives the first sum that does not fit, if there is one. */
export function addIntegers(sum: BigInt64Array, values: BigInt64Array): bigint | null {
  for (let index = 0; index < sum.length; index++) {
    const exact = sum[index]! + values[index]!;
    if (BigInt.asIntN(64, exact) !== exact) return exact;
    sum[index] = exact;
  }
  return null;
}

/** Gives the first sum that does not fit, if there is one. */
function castIntegers(target: Int32Array | Uint8Array, sum: Float64Array): number | null {
  for (let index = 0; index < sum.length; index++) {
    target[index] = sum[index]!;
    if (target[index] !== sum[index]) return sum[index]!;
  }
  return null;
}
