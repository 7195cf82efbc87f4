// Points that are brought nearer before their geometric median is taken. A point far away pulls by its direction alone,
// which hardly changes with its distance; but distances that differ by more digits than float64 has cannot be
// subtracted from each other, so that one point at 1e38 would hide all others from the median.
import type { FloatArray } from './middles.js';

/** Points that are nearer than so many times the spread stay. The others' directions turn by up to its inverse. */
const FAR = 1e6;

/**
 * `rows`, by leaf and in it by point, once those that are far from the others are brought nearer on a straight line
 * towards the middle one; the same array, where none is. The middle one has more than half of all `weights` within the
 * least distance, which is the spread, at least `smallest`. `distances` are squared, n × n, those above the diagonal.
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
  const { middle, spread } = middleOf(n, between, weights);
  const reach = FAR * Math.max(spread, smallest);
  const shares = weights.map((_, row) => reach / between(row, middle));
  if (!shares.some((share) => share < 1)) return rows;
  return rows.map((leaf) =>
    leaf.map((row, at) => (shares[at]! < 1 ? onTheWay(leaf[middle]!, row, shares[at]!) : row)),
  );
}

/** Of several points with the least spread the first. */
function middleOf(
  n: number,
  between: (i: number, j: number) => number,
  weights: readonly number[],
): { readonly middle: number; readonly spread: number } {
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let best = { middle: 0, spread: Number.POSITIVE_INFINITY };
  for (let row = 0; row < n; row++) {
    const others = weights.map((weight, other) => ({ weight, distance: between(row, other) }));
    others.sort((a, b) => (a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : 0));
    let within = 0;
    const last = others.find(({ weight }) => {
      within += weight;
      return within > half;
    });
    const spread = last?.distance ?? 0;
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
