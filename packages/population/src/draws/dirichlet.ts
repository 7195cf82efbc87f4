// Draws from Dirichlet distributions: shares that add up to 1, from alike to one-sided by one number.
import type { Generator } from '@starling/federated-core';
import { logGamma } from './gamma.js';

/**
 * The logarithms of a draw's shares, up to a constant: `sharesOf` makes shares of them. Share i has the mean αᵢ / Σα, α
 * being `concentrations`, each above 0.
 */
export function logDirichlet(concentrations: readonly number[], random: Generator): readonly number[] {
  return concentrations.map((concentration) => logGamma(concentration, random));
}

/**
 * Shares in proportion to the exponentials of `logWeights`; 0 where `isIncluded` says so. They add up to 1, unless
 * nothing is included. The largest weight is taken for 1 on the way, so that no sum is 0.
 */
export function sharesOf(
  logWeights: readonly number[],
  isIncluded: (index: number) => boolean = () => true,
): readonly number[] {
  const most = logWeights.reduce(
    (found, weight, index) => (isIncluded(index) ? Math.max(found, weight) : found),
    Number.NEGATIVE_INFINITY,
  );
  const weights = logWeights.map((weight, index) => (isIncluded(index) ? Math.exp(weight - most) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total === 0 ? 0 : weight / total));
}
