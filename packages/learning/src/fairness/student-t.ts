// Quantiles of Student's t distribution, for intervals. With whole degrees of freedom its probabilities are finite sums
// (Abramowitz, Stegun, "Handbook of Mathematical Functions", 1964, 26.7.3 and 26.7.4), so that a bisection of them is
// exact to the last digits.

const STEPS = 200;

/** The t within which, on both sides of 0, a share `confidence` of the distribution lies. `degrees`: from 1. */
export function studentT(confidence: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (within(high, degrees) < confidence) high *= 2;
  for (let step = 0; step < STEPS && low < high; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (within(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of −t to t. */
function within(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  if (degrees % 2 === 0) return sin * series(cos, degrees / 2, 1);
  const tail = degrees === 1 ? 0 : sin * cos * series(cos, (degrees - 1) / 2, 2);
  return (2 / Math.PI) * (angle + tail);
}

/** 1 + first/(first + 1) cos² + …, of so many terms. */
function series(cos: number, terms: number, first: number): number {
  let term = 1;
  let sum = 1;
  for (let at = 1; at < terms; at++) {
    const factor = first + 2 * (at - 1);
    term *= (factor / (factor + 1)) * cos * cos;
    sum += term;
  }
  return sum;
}
