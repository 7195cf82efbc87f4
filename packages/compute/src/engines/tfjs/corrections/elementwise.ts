// Corrected kernels that work element by element: what tf.js computes in float64 where int32 wraps, and what it makes
// of NaN, −0 and ±∞ where IEEE 754 and TensorFlow say otherwise.
import type { Kernel } from '../../../graph/kernels.js';
import { type Correction, each, input, made, numbersOf, pairs } from './numbers.js';

/** The first that knows the element type at hand. */
const either =
  (...corrections: readonly Correction[]): Correction =>
  (call) => {
    for (const correction of corrections) {
      const outputs = correction(call);
      if (outputs) return outputs;
    }
    return null;
  };

/** Half-way numbers go to the even neighbour, and the sign of a zero stays. */
function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const rounded = up ? floor + 1 : floor;
  if (rounded !== 0) return rounded;
  return x < 0 || Object.is(x, -0) ? -0 : 0;
}

/** The remainder with the divisor's sign; a remainder of 0 has the sign of `a`. */
function floorModulo(a: number, b: number): number {
  const remainder = a % b;
  return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
}

/** As C has it: 1 to any power is 1, and so is −1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

/** Modulo 2³²; a negative exponent gives the whole part of the fraction, of base 0 too. */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) {
    if (base === 1) return 1;
    return base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  }
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

/** From here on erf is 1 to float32: what is missing is 1.5e-8, less than half of a last place. */
const ERF_IS_ONE = 4;

/**
 * 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)), of which no term cancels another (Abramowitz and Stegun, 7.1.6).
 */
function erf(x: number): number {
  if (Math.abs(x) >= ERF_IS_ONE) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -53; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/**
 * True is what is not 0, NaN too; an integer what JavaScript makes of a float, which typed arrays do; a float what
 * float32 rounds the integer to, where tf.js calls the integers floats and keeps all their digits.
 */
const cast: Correction = (call) => {
  const x = input(call);
  const values = numbersOf(x);
  switch (call.attributes['dtype']) {
    case 'bool':
      return x.dtype === 'bool' ? null : [made('bool', x.shape, (index) => (values[index] === 0 ? 0 : 1))];
    case 'int32':
      return x.dtype === 'float32' ? [made('int32', x.shape, (index) => values[index] as number)] : null;
    case 'float32':
      return x.dtype === 'int32' ? [made('float32', x.shape, (index) => values[index] as number)] : null;
    default:
      return null;
  }
};

export const elementwiseCorrections: { readonly [K in Kernel]?: Correction } = {
  // tf.js keeps magnitudes of integers in float32.
  Abs: each('int32', Math.abs),
  Cast: cast,
  Erf: each('float32', erf),
  // The quotient rounded to float32, as in float32 arithmetic: 3 where float64 has 2.99999999.
  FloorDiv: pairs('float32', (a, b) => Math.floor(Math.fround(a / b)), 'int32'),
  Mod: pairs('float32', floorModulo),
  Multiply: pairs('int32', Math.imul),
  // wasm takes them for floats.
  Neg: each('int32', (x) => -x),
  Pow: either(pairs('float32', power), pairs('int32', integerPower)),
  Round: each('float32', roundToEven),
  // tf.js has 0 of NaN.
  Sign: each('float32', (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : Number.NaN)),
  Square: each('int32', (x) => Math.imul(x, x)),
  SquaredDifference: pairs('int32', (a, b) => Math.imul(a - b, a - b)),
  // 1 above 0, `alpha` everywhere else, of NaN too.
  Step: each('float32', (x, { alpha }) => (x > 0 ? 1 : Number(alpha ?? 0))),
};
