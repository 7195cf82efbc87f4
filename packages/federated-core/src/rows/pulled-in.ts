// Points that are brought nearer before their geometric median is taken. A point far away pulls by its direction alone,
// which hardly changes with its distance; but distances that differ by more digits than float64 has cannot be
// subtracted from each other, so that one point at 1e38 would hide all others from the median.
import type { FloatArray } from './middles.js';

/** Points that are nearer than so many times the spread stay. The directions of others turn by up to its inverse. */
const FAR = 1e6;

/**
 * `rows`, by leaf and in it by point, once those that are far from the others are brought nearer on a straight line
 * towards the middle one; the same array, where none is, or distances are of like size. The middle one has more than
 * half of all `weights` within the least distance, which is the spread, at least `smallest`. `distances` are squared,
 * n × n, those above the diagonal.
 */
export function pulledIn(
  rows: readonly (readonly FloatArray[])[],
  distances: Float64Array,
  weights: readonly number[],
  smallest: number,
): readonly (readonly FloatArray[])[] {
  const n = weights.length;
  const between = (i: number, j: number): number =>
    i === j ? 0 : Math.sqrt(distances[Math.min(i, j) * n + Math.max(i, j)]!);
  if (areAlike(n, between, smallest)) return rows;
  const { middle, spread } = middleOf(n, between, weights);
  const reach = FAR * Math.max(spread, smallest);
  const shares = weights.map((_, row) => reach / between(row, middle));
  if (!shares.some((share) => share < 1)) return rows;
  return rows.map((leaf) =>
    leaf.map((row, at) => (shares[at]! < 1 ? onTheWay(leaf[middle]!, row, shares[at]!) : row)),
  );
}

/** Whether all distances are of like size, as they mostly are: then none hides another, and nothing need be sorted. */
function areAlike(n: number, between: (i: number, j: number) => number, smallest: number): boolean {
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (let row = 0; row < n; row++) {
    for (let other = row + 1; other < n; other++) {
      const distance = between(row, other);
      if (distance < least) least = distance;
      if (distance > greatest) greatest = distance;
    }
  }
  return greatest <= FAR * Math.max(least, smallest);
}

/** Of several points with the least spread the first. */
function middleOf(
  n: number,
  between: (i: number, j: number) => number,
  weights: readonly number[],
): { readonly middle: number; readonly spread: number } {
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  const own = new Float64Array(n);
  const order = new Uint32Array(n);
  let best = { middle: 0, spread: Number.POSITIVE_INFINITY };
  for (let row = 0; row < n; row++) {
    for (let other = 0; other < n; other++) {
      own[other] = between(row, other);
      order[other] = other;
    }
    // Of two infinite ones the difference is NaN, which is taken for 0.
    order.sort((a, b) => own[a]! - own[b]!);
    let within = 0;
    const last = order.find((other) => {
      within += weights[other]!;
      return within > half;
    });
    const spread = last === undefined ? Number.POSITIVE_INFINITY : own[last]!;
    if (spread < best.spread) best = { middle: row, spread };
  }
  return best;
}

/** In memory that other threads can read, if the row is. */
function onTheWay(from: FloatArray, to: FloatArray, share: number): FloatArray {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && to.buffer instanceof SharedArrayBuffer;
  const bytes = to.length * Float64Array.BYTES_PER_ELEMENT;
  const between = new Float64Array(isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  for (let at = 0; at < to.length; at++) {
    // Where the square of the distance, and so maybe a difference, is beyond float64, the point is the middle one.
    between[at] = share === 0 ? from[at]! : from[at]! + share * (to[at]! - from[at]!);
  }
  return between;
}
