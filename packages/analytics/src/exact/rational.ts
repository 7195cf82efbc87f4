// What the digits of exact sums say: whole numbers of any size, and their quotients rounded once.

/** The whole number of digits to the base 256, the first the highest; digits may be of any size and sign. */
export function integerOf(digits: ArrayLike<number>): bigint {
  let value = 0n;
  for (let at = 0; at < digits.length; at++) value = value * 256n + BigInt(digits[at] as number);
  return value;
}

/** numerator / denominator · 2^exponent as the nearest float64, ties to even; the denominator is positive. */
export function roundedQuotient(numerator: bigint, denominator: bigint, exponent = 0): number {
  if (numerator === 0n) return 0;
  const isNegative = numerator < 0n;
  const size = isNegative ? -numerator : numerator;
  // A quotient of 54 to 55 bits, or as many as a denormal number has, with a last bit for what is left over.
  let shift = 55 - (bitLength(size) - bitLength(denominator));
  const lowest = -1076;
  if (exponent - shift < lowest) shift = exponent - lowest;
  const scaled = shift >= 0 ? size << BigInt(shift) : size;
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
  const quotient = scaled / divisor;
  const sticky = quotient * divisor === scaled ? quotient : quotient | 1n;
  const rounded = scaleBy(sticky, exponent - shift);
  return isNegative ? -rounded : rounded;
}

/** value · 2^exponent, rounded once: the value has at most 57 bits, the last two of which say how to round. */
function scaleBy(value: bigint, exponent: number): number {
  const bits = bitLength(value);
  // Bits that float64 does not hold: below 53 significant ones, or below 2^-1074.
  const drop = Math.max(bits - 53, -1074 - exponent, 0);
  const half = drop === 0 ? 0n : 1n << BigInt(drop - 1);
  const cut = value >> BigInt(drop);
  const rest = value - (cut << BigInt(drop));
  const up = drop > 0 && (rest > half || (rest === half && cut % 2n === 1n)) ? 1n : 0n;
  const whole = Number(cut + up);
  const power = exponent + drop;
  // Two steps, since 2^power alone may be out of range.
  return power > 900
    ? whole * 2 ** 900 * 2 ** (power - 900)
    : power < -1000
      ? whole * 2 ** (power + 74) * 2 ** -74
      : whole * 2 ** power;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
