// Exact moments by another way than the code's: every float64 is a whole number of 2^-1074, and those are added up.
const UNIT = 1074;

/** value · 2^1074 as a whole number. */
export function wholeOf(value: number): bigint {
  const [, sign, high, low] = /^(.)(.{11})(.{52})$/.exec(bitsOf(value)) as unknown as readonly string[];
  const exponent = Number.parseInt(high as string, 2);
  const mantissa = BigInt(`0b${low}`) + (exponent === 0 ? 0n : 2n ** 52n);
  const size = mantissa * 2n ** BigInt(Math.max(exponent, 1) - 1);
  return sign === '1' ? -size : size;
}

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(2).padStart(64, '0');
}

/** numerator / denominator as float64, by long division to 60 digits after the first and JavaScript's own reading. */
export function quotient(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  const digits = 800n;
  const scaled = (size * 10n ** digits) / denominator;
  const value = Number(`${scaled}e-${digits}`);
  return numerator < 0n ? -value : value;
}

/** Count, sum, mean and variance of finite numbers, each rounded once. */
export function exactMoments(values: readonly number[]) {
  const whole = values.map(wholeOf);
  const count = BigInt(whole.length);
  if (count === 0n) return { count: 0, mean: null, variance: null, stddev: null, sum: 0 };
  const sum = whole.reduce((all, one) => all + one, 0n);
  const squares = whole.reduce((all, one) => all + one * one, 0n);
  const one = 2n ** BigInt(UNIT);
  const variance = quotient(count * squares - sum * sum, count * count * one * one);
  return {
    count: whole.length,
    mean: quotient(sum, count * one),
    variance,
    stddev: Math.sqrt(variance),
    sum: quotient(sum, one),
  };
}
