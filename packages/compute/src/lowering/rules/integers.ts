// Lowering of int32 arithmetic that ONNX leaves open, as tf.js has it: a quotient by 0 is 0, whatever does not fit
// wraps modulo 2³², and powers are whole. Processors raise an exception where −2³¹ is divided by −1, which would end
// the process.
import type { GraphBuilder, OnnxValue } from '@starling/onnx';
import { broadcastShapes } from '@starling/onnx';

const EXPONENT_BITS = 31;

export const isNegative = (builder: GraphBuilder, x: OnnxValue): OnnxValue =>
  builder.compare('Less', x, builder.scalarLike(x, 0));

const equals = (builder: GraphBuilder, x: OnnxValue, value: number): OnnxValue =>
  builder.compare('Equal', x, builder.scalarLike(x, value));

/** Whether a divisor is 0 or −1, which processors do not divide by; `null` when a constant divisor is never either. */
function specialDivisors(builder: GraphBuilder, b: OnnxValue): OnnxValue | null {
  const known = builder.constantData(b)?.data as Int32Array | undefined;
  if (known && !known.includes(0) && !known.includes(-1)) return null;
  return builder.binary('Or', equals(builder, b, 0), equals(builder, b, -1));
}

/** a / b rounded towards −∞; 0 for a divisor of 0. */
export function floorDivideIntegers(builder: GraphBuilder, a: OnnxValue, b: OnnxValue): OnnxValue {
  const isSpecial = specialDivisors(builder, b);
  if (!isSpecial) return floorQuotient(builder, a, b);
  const quotient = floorQuotient(builder, a, builder.where(isSpecial, builder.scalarLike(b, 1), b));
  // Of both divisors the product is the quotient: a · 0 = 0, and a · −1 wraps where −a does not fit.
  return builder.where(isSpecial, builder.binary('Mul', a, b), quotient);
}

/** ONNX divides integers towards zero. */
function floorQuotient(builder: GraphBuilder, a: OnnxValue, b: OnnxValue): OnnxValue {
  const quotient = builder.binary('Div', a, b);
  const remainder = builder.binary('Sub', a, builder.binary('Mul', quotient, b));
  const inexact = builder.unary('Not', equals(builder, remainder, 0));
  const signsDiffer = builder.binary('Xor', isNegative(builder, remainder), isNegative(builder, b));
  const tooHigh = builder.cast(builder.binary('And', inexact, signsDiffer), 'int32');
  return builder.binary('Sub', quotient, tooHigh);
}

/** The remainder with the divisor's sign; 0 for a divisor of 0. */
export function moduloOfIntegers(builder: GraphBuilder, a: OnnxValue, b: OnnxValue): OnnxValue {
  const isSpecial = specialDivisors(builder, b);
  if (!isSpecial) return builder.binary('Mod', a, b);
  const remainder = builder.binary('Mod', a, builder.where(isSpecial, builder.scalarLike(b, 1), b));
  return builder.where(isSpecial, builder.scalarLike(a, 0), remainder);
}

/**
 * base ^ exponent modulo 2³²: the product of the squares base^(2ᵏ) of the bits of the exponent. A negative exponent
 * gives the whole part of the fraction: 1 or −1 of the bases 1 and −1, and 0 of all others, 0 included.
 */
export function powerOfIntegers(builder: GraphBuilder, base: OnnxValue, exponent: OnnxValue): OnnxValue {
  const known = builder.constantData(exponent)?.data as Int32Array | undefined;
  if (known?.length === 1 && (known[0] as number) >= 0) return knownPower(builder, base, exponent);
  const one = builder.scalarLike(base, 1);
  const two = builder.scalarLike(base, 2);
  const isInverse = isNegative(builder, exponent);
  const isUnit = builder.compare('Equal', builder.unary('Abs', base), one);
  const isOdd = builder.unary('Not', equals(builder, moduloOfIntegers(builder, exponent, two), 0));
  // The powers of 1 and −1 go by whether the exponent is odd.
  let rest = builder.where(isInverse, builder.cast(isOdd, 'int32'), exponent);
  let square = base;
  let power: OnnxValue | null = null;
  for (let bit = 0; bit < EXPONENT_BITS; bit++) {
    const half = builder.binary('Div', rest, two);
    const isSet = builder.unary('Not', builder.compare('Equal', rest, builder.binary('Mul', half, two)));
    const factor = builder.where(isSet, square, one);
    power = power ? builder.binary('Mul', power, factor) : factor;
    square = builder.binary('Mul', square, square);
    rest = half;
  }
  const vanishes = builder.binary('And', isInverse, builder.unary('Not', isUnit));
  return builder.where(vanishes, builder.scalarLike(base, 0), power as OnnxValue);
}

/** As above, of one exponent that is known and not negative. */
function knownPower(builder: GraphBuilder, base: OnnxValue, exponent: OnnxValue): OnnxValue {
  const shape = broadcastShapes(base.shape, exponent.shape);
  let rest = Number(builder.constantData(exponent)?.data[0]);
  let square = base;
  let power: OnnxValue | null = null;
  for (; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = power ? builder.binary('Mul', power, square) : square;
    if (rest > 1) square = builder.binary('Mul', square, square);
  }
  return builder.expand(power ? builder.reshape(power, shape) : builder.scalarLike(base, 1), shape);
}
