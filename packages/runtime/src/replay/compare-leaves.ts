// How far two engines' results of one client's work are apart, leaf by leaf, and whether that is rounding.
import type { Tensor } from '@starling/federated-core';

/** Engines agree to this share of a leaf's largest magnitude, or of 1 where that is smaller (docs/kernels.md). */
export const ENGINE_TOLERANCE = 1e-5;

export interface LeafComparison {
  /** Euclidean norms, NaN or infinite if a number is; `null` for text. */
  readonly norm: number | null;
  readonly otherNorm: number | null;
  /** The largest magnitude of a difference; infinite where one is finite and the other is not. `null` for text. */
  readonly largestDifference: number | null;
  /** Where that is among the leaf's elements, in row-major order; −1 if there is none. */
  readonly at: number;
  /** Whether the two are within `ENGINE_TOLERANCE`. */
  readonly agrees: boolean;
}

/** Of two leaves of one type; numbers that are NaN in both, or the same infinity, are equal. */
export function compareLeaves(leaf: Tensor, other: Tensor): LeafComparison {
  if (leaf.dtype === 'string' || other.dtype === 'string') {
    const agrees = JSON.stringify(leaf) === JSON.stringify(other);
    return { norm: null, otherNorm: null, largestDifference: null, at: -1, agrees };
  }
  const [numbers, others] = [numbersOf(leaf), numbersOf(other)];
  const sameLength = numbers.length === others.length;
  let [largestDifference, at, magnitude] = [0, -1, 1];
  for (let index = 0; sameLength && index < numbers.length; index++) {
    const [one, two] = [numbers[index]!, others[index]!];
    if (Number.isFinite(one)) magnitude = Math.max(magnitude, Math.abs(one));
    const difference = differenceOf(one, two);
    if (difference > largestDifference) [largestDifference, at] = [difference, index];
  }
  const agrees = sameLength && largestDifference <= ENGINE_TOLERANCE * magnitude;
  return { norm: normOf(numbers), otherNorm: normOf(others), largestDifference, at, agrees };
}

function differenceOf(one: number, two: number): number {
  if (Object.is(one, two) || one === two) return 0;
  const difference = Math.abs(one - two);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/** The Euclidean norm; NaN or infinite if a number is. */
export function normOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum += numbers[index]! ** 2;
  return Math.sqrt(sum);
}

/** 64-bit integers as the nearest float64. */
export function numbersOf({ data }: Tensor): ArrayLike<number> {
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  return data as ArrayLike<number>;
}
