// Which element of the sorted rows a quantile is. Ranks are whole numbers, counted from 0; to find the same one in a
// kernel graph and on the host, a quantile is a fraction of two whole numbers.
import { optionError } from '@starling/federated-core/plan';

/** numerator / denominator, from 0 to 1. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** Two factors below it have a product below 2^31. */
const MAX_DENOMINATOR = 46_340;

/**
 * The fraction of the smallest denominator that is this very float64. Throws a `RangeError` if none is below 46,341.
 */
export function fractionOf(action: string, quantile: number): Fraction {
  if (typeof quantile === 'number' && quantile >= 0 && quantile <= 1) {
    for (let denominator = 1; denominator <= MAX_DENOMINATOR; denominator++) {
      const numerator = Math.round(quantile * denominator);
      if (numerator / denominator === quantile) return { numerator, denominator };
    }
  }
  throw optionError(
    `${action}: a quantile must be from 0 to 1 and a fraction a / b with b up to ${MAX_DENOMINATOR}, such as 0.999 or 2 / 3, got ${quantile}`,
  );
}

/** The rank of the smallest element that at least the fraction of `count` elements is at or below. */
export function rankOf(count: number, { numerator, denominator }: Fraction): number {
  const whole = Math.floor(count / denominator);
  const rest = (count % denominator) * numerator;
  return Math.max(0, whole * numerator + Math.ceil(rest / denominator) - 1);
}
