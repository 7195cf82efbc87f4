// Krum and Multi-Krum: Blanchard, El Mhamdi, Guerraoui, Stainer, "Machine Learning with Adversaries: Byzantine Tolerant
// Gradient Descent", NeurIPS 2017, section 4. The score of update i, of n with f faulty, is the sum of its squared
// distances to the n − f − 2 nearest others, at least one; the least scores are chosen.

/**
 * The rows with the `keep` least scores, in ascending order; of equal scores the lower row goes first. `distances` are
 * squared, n × n, those above the diagonal.
 */
export function krumChoice(
  distances: Float64Array,
  n: number,
  faulty: number,
  keep: number,
): readonly number[] {
  const nearest = Math.max(1, n - faulty - 2);
  const scores = Array.from({ length: n }, (_, row) => {
    const others = new Float64Array(n - 1);
    for (let other = 0, at = 0; other < n; other++) {
      if (other !== row) others[at++] = distances[Math.min(row, other) * n + Math.max(row, other)]!;
    }
    return others
      .sort()
      .subarray(0, nearest)
      .reduce((sum, distance) => sum + distance, 0);
  });
  const order = scores.map((_, row) => row).sort((a, b) => scores[a]! - scores[b]! || a - b);
  return order.slice(0, keep).sort((a, b) => a - b);
}
