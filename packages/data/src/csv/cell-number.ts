// The number that a cell writes, read from its bytes: a decimal number with an optional sign and exponent, blanks
// around it. Correctly rounded: up to 15 digits and a power of ten to 22 are exact in float64, of which one division
// rounds once (Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990); others take the engine's own way.

const ZERO = 0x30;
const POWERS = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** NaN if the bytes from `begin` to before `end` write no number, or one beyond float64 (1e400). */
export function cellNumber(bytes: Buffer, begin: number, end: number): number {
  let first = begin;
  let last = end;
  while (first < last && bytes[first] === 0x20) first++;
  while (last > first && bytes[last - 1] === 0x20) last--;
  let at = first;
  const sign = bytes[at];
  if (sign === 0x2d || sign === 0x2b) at++;
  let digits = 0;
  let fraction = 0;
  let value = 0;
  let hasPoint = false;
  for (; at < last; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (hasPoint) fraction++;
    } else if (digit === -2 && !hasPoint) hasPoint = true;
    else return otherNumber(bytes, first, last);
  }
  if (digits === 0 || digits > 15 || fraction > 22) return otherNumber(bytes, first, last);
  const size = fraction === 0 ? value : value / (POWERS[fraction] as number);
  return sign === 0x2d ? -size : size;
}

function otherNumber(bytes: Buffer, begin: number, end: number): number {
  if (end - begin > 400) return Number.NaN;
  const text = bytes.toString('latin1', begin, end);
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
