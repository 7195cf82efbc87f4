// Draws from gamma distributions: what Dirichlet distributions are drawn by.
import type { Generator } from '@starling/federated-core';

/**
 * A draw from the gamma distribution of the given shape and scale 1 (Marsaglia, Tsang, "A Simple Method for Generating
 * Gamma Variables", ACM TOMS 2000); shapes below 1 by their footnote, gamma(shape + 1) · u^(1 / shape).
 */
export function gamma(shape: number, random: Generator): number {
  if (shape < 1) return gamma(shape + 1, random) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** The logarithm of such a draw, for shapes so small that the draw itself is 0 in float64. */
export function logGamma(shape: number, random: Generator): number {
  if (shape >= 1) return Math.log(gamma(shape, random));
  return Math.log(gamma(shape + 1, random)) + Math.log(1 - random.uniform()) / shape;
}
