// The geometric median of weighted points, the one with the least sum of weighted distances, by the smoothed Weiszfeld
// algorithm: Pillutla, Kakade, Harchaoui, "Robust Aggregation for Federated Learning", IEEE TSP 2022, Algorithm 2,
//
//   v ← Σ β_i x_i / Σ β_i   with   β_i = w_i / max(ν, |v − x_i|)
//
// until nothing moves. All v are means of the points, v = Σ a_i x_i with Σ a_i = 1, so that their distances follow from
// those between the points, and the points themselves are read once, however many steps it takes:
//
//   |v − x_j|² = Σ_i a_i D_ij − ½ Σ_i Σ_k a_i a_k D_ik,   D_ij = |x_i − x_j|².
//
// This subtracts large numbers from each other: points far from the others are brought nearer before (pulled-in.ts).

/** Coefficients that move by less have settled: far below what float32 tells apart. */
const SETTLED = 1e-13;
/** Far more than are needed; smoothing bounds how slow it can be. */
const MOST_STEPS = 10_000;

/**
 * The coefficients a of the median of n points, by their `weights`, above 0, and their squared `distances`, n × n,
 * those above the diagonal. `smoothing` is ν, in the unit of the points.
 */
export function geometricMedianOf(
  distances: Float64Array,
  weights: readonly number[],
  smoothing: number,
): readonly number[] {
  const n = weights.length;
  const squared = (i: number, j: number): number =>
    i === j ? 0 : distances[Math.min(i, j) * n + Math.max(i, j)]!;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let coefficients = weights.map((weight) => weight / total);
  for (let step = 0; step < MOST_STEPS; step++) {
    const before = coefficients;
    const means = before.map((_, j) => before.reduce((sum, a, i) => sum + a * squared(i, j), 0));
    const half = before.reduce((sum, a, i) => sum + a * means[i]!, 0) / 2;
    const pulls = weights.map(
      (weight, j) => weight / Math.max(smoothing, Math.sqrt(Math.max(0, means[j]! - half))),
    );
    const sum = pulls.reduce((one, pull) => one + pull, 0);
    coefficients = pulls.map((pull) => pull / sum);
    if (coefficients.every((a, i) => Math.abs(a - before[i]!) <= SETTLED)) break;
  }
  return coefficients;
}
