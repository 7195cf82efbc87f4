// Aggregates must be finite: the clients' numbers are, so that a NaN or an infinity in what becomes of them is a sum
// that went beyond its element type, and would spoil all that follows from it.
import { NonFiniteError } from '../errors/starling-error.js';
import { plainVectors, type VectorKernels } from '../sums/vector-kernels.js';
import { leafPlace } from '../types/leaf-names.js';
import type { Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';

/** The first NaN or infinity of some leaves, and in which of them it is; null if all numbers are finite. */
export function findNonFinite(
  leaves: readonly Tensor[],
  vectors: VectorKernels = plainVectors,
): { readonly leaf: number; readonly value: number } | null {
  for (const [leaf, { data }] of leaves.entries()) {
    if (!(data instanceof Float32Array || data instanceof Float64Array) || vectors.areFinite(data)) continue;
    const value = data.find((one) => !Number.isFinite(one));
    if (value !== undefined) return { leaf, value };
  }
  return null;
}

/**
 * `leaves` of `type`, when all their numbers are finite; else throws a `NonFiniteError` that names the `intrinsic`, and
 * the leaf by its path.
 */
export function finiteAggregate<L extends readonly Tensor[]>(
  intrinsic: string,
  type: Type,
  leaves: L,
  vectors?: VectorKernels,
): L {
  const found = findNonFinite(leaves, vectors);
  if (found === null) return leaves;
  throw new NonFiniteError(
    'non-finite-aggregate',
    `Cannot report ${intrinsic}: its numbers must be finite, got ${found.value}${leafPlace(type, found.leaf)}`,
  );
}
