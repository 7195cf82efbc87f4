// How many of a cohort a share of it is.

/** ⌊share · n⌋: 0.29 of 100 is 29, though the product of the two in float64 is just below. */
export function shareOf(share: number, n: number): number {
  // The number nearest to a share, and the product, are off by up to half of EPSILON each.
  return Math.floor(share * n * (1 + Number.EPSILON));
}
