// One draw among several, by weight.
import type { Generator } from '@starling/federated-core';

/**
 * An index with probability proportional to its weight, or to `fallback` if all weights are 0. One of the two must have
 * a weight above 0.
 */
export function pick(weights: readonly number[], fallback: readonly number[], random: Generator): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return pick(fallback, fallback, random);
  let left = random.uniform() * total;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = index;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}
