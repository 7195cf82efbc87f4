// Exact arithmetic in kernel graphs, which know float32 and int32 alone. A number is a row of digits to the base 256,
// the first the highest, and a product of two is a convolution of their digits: a matrix product of whole numbers below
// 2^24, which float32 holds. Sums of such rows are int32, and digits carry before they could wrap. This is the long
// accumulator of Kulisch ("Computer Arithmetic and Validity", 2008), kept as a table with a row for each byte that an
// exponent shifts by.
import { tf } from '@starling/compute';
import type { NumberFormat } from '@starling/population';

export const BASE = 256;
/** Columns that a table has above the digits of what is added: sums grow into them. */
const HEADROOM = 3;

interface FloatBits {
  readonly mantissaBits: number;
  readonly exponentBits: number;
  /** Of a mantissa, shifted by up to 7 bits. */
  readonly digits: number;
}

const FLOATS: Readonly<Record<'float64' | 'float32', FloatBits>> = {
  float64: { mantissaBits: 52, exponentBits: 11, digits: 8 },
  float32: { mantissaBits: 23, exponentBits: 8, digits: 4 },
};

/** What a number's digits are worth. */
export interface DigitLayout {
  /** Digits of one number. */
  readonly digits: number;
  /** Bytes that they may be shifted by, from 0 to `shifts` − 1. */
  readonly shifts: number;
  /** The last digit of a number that is not shifted counts 2^unit. */
  readonly unit: number;
  /** Subtracted from what the digits say. */
  readonly offset: bigint;
}

export function digitLayout(format: NumberFormat): DigitLayout {
  if (format === 'int32') return { digits: 4, shifts: 1, unit: 0, offset: 2n ** 31n };
  const { mantissaBits, exponentBits, digits } = FLOATS[format];
  const bias = 2 ** (exponentBits - 1) - 1;
  return {
    digits,
    shifts: 2 ** exponentBits / 8,
    unit: 1 - bias - mantissaBits,
    offset: 0n,
  };
}

export interface Digits {
  /** float32 [batch, digits]: whole numbers from −255 to 255, of one sign in each row. */
  readonly digits: tf.Tensor2D;
  /** float32 [batch]: bytes that the row is shifted by. */
  readonly shift: tf.Tensor1D;
  /** float32 [batch, 1]: 1 for a finite number; the digits of others are 0. */
  readonly finite: tf.Tensor2D;
}

/** The digits of numbers whose ordered bytes (see `writeNumber`) are int32 [batch, 8 or 4]. */
export function digitsOf(format: NumberFormat, value: tf.Tensor): Digits {
  const bytes = tf.cast(value, 'float32') as tf.Tensor2D;
  const batch = bytes.shape[0];
  if (format === 'int32') {
    return { digits: bytes, shift: tf.zeros([batch]), finite: tf.ones([batch, 1]) };
  }
  const { exponentBits } = FLOATS[format];
  const size = bytes.shape[1];
  const column = (of: tf.Tensor2D, at: number): tf.Tensor2D => tf.slice(of, [0, at], [batch, 1]);
  const isNegative = tf.less(column(bytes, 0), 128);
  const plain = tf.where(tf.tile(isNegative, [1, size]), tf.sub(255, bytes), bytes) as tf.Tensor2D;
  // The sign and the exponent end within the second byte.
  const exponentBelow = 2 ** (exponentBits - 7);
  const mantissaTop = BASE / exponentBelow;
  const second = column(plain, 1);
  const exponentEnd = tf.floor(tf.mul(second, 1 / mantissaTop)) as tf.Tensor2D;
  const exponent = tf.add(tf.mul(tf.sub(column(plain, 0), 128), exponentBelow), exponentEnd) as tf.Tensor2D;
  const implicit = tf.mul(tf.cast(tf.greater(exponent, 0), 'float32'), mantissaTop);
  const head = tf.add(tf.sub(second, tf.mul(exponentEnd, mantissaTop)), implicit) as tf.Tensor2D;
  const mantissa = tf.concat([head, tf.slice(plain, [0, 2], [batch, size - 2])], 1) as tf.Tensor2D;
  const exponentFromOne = tf.maximum(tf.sub(exponent, 1), 0);
  const shift = tf.floor(tf.mul(exponentFromOne, 1 / 8)) as tf.Tensor2D;
  const bits = tf.cast(tf.sub(exponentFromOne, tf.mul(shift, 8)), 'int32');
  const scale = tf.gather(tf.tensor1d([1, 2, 4, 8, 16, 32, 64, 128]), tf.clipByValue(bits, 0, 7));
  const finite = tf.cast(tf.less(exponent, 2 ** exponentBits - 1), 'float32') as tf.Tensor2D;
  const sign = tf.sub(1, tf.mul(2, tf.cast(isNegative, 'float32')));
  const digits = carry(tf.mul(mantissa, scale));
  return {
    digits: tf.mul(digits, tf.mul(sign, finite)) as tf.Tensor2D,
    shift: tf.reshape(shift, [batch]),
    finite,
  };
}

/** Whole numbers of float32, not negative, with each digit’s excess moved to the one before; one digit more. */
export function carry(digits: tf.Tensor): tf.Tensor2D {
  const high = tf.floor(tf.mul(digits, 1 / BASE)) as tf.Tensor2D;
  const low = tf.sub(digits, tf.mul(high, BASE)) as tf.Tensor2D;
  return tf.add(
    tf.pad(high, [
      [0, 0],
      [0, 1],
    ]),
    tf.pad(low, [
      [0, 0],
      [1, 0],
    ]),
  ) as tf.Tensor2D;
}

/** The digits of the product of each row: exact while the coefficients stay below 2^24. */
export function product(left: tf.Tensor2D, right: tf.Tensor2D): tf.Tensor2D {
  const [batch, m] = left.shape;
  const n = right.shape[1];
  const outer = tf.mul(tf.reshape(left, [batch, m, 1]), tf.reshape(right, [batch, 1, n]));
  const places = Array.from({ length: m * n }, (_, at) => Math.floor(at / n) + (at % n));
  const sums = places.map((place) => Array.from({ length: m + n - 1 }, (_, k) => (k === place ? 1 : 0)));
  return tf.matMul(tf.reshape(outer, [batch, m * n]) as tf.Tensor2D, tf.tensor2d(sums));
}

/** The four digits of int32 numbers from 0, [batch] → [batch, 4]. */
export function countDigits(rows: tf.Tensor): tf.Tensor2D {
  const places = [2 ** 24, 2 ** 16, 2 ** 8, 1].map((place) => {
    const from = place === 1 ? rows : tf.floorDiv(rows, tf.scalar(place, 'int32'));
    return tf.mod(from, tf.scalar(BASE, 'int32'));
  });
  return tf.cast(tf.stack(places, 1), 'float32') as tf.Tensor2D;
}

/** A table of zeros to add rows of `digits` digits to, one for each shift. */
export function zeroSums(shifts: number, digits: number): tf.Tensor2D {
  return tf.zeros([shifts, digits + HEADROOM], 'int32');
}

/** `sums` with each row of digits added at its shift. A sum of one batch must stay below 2^31 in each place. */
export function addDigits(sums: tf.Tensor, digits: tf.Tensor2D, shift: tf.Tensor1D): tf.Tensor2D {
  const [shifts, width] = sums.shape as [number, number];
  const padded = tf.pad(tf.cast(digits, 'int32'), [
    [0, 0],
    [width - (digits.shape[1] as number), 0],
  ]);
  if (shifts === 1) return carryOver(tf.add(sums, tf.sum(padded, 0, true)));
  const at = tf.cast(tf.reshape(shift, [-1, 1]), 'int32');
  return carryOver(tf.add(sums, tf.scatterND(at, padded, [shifts, width])));
}

/** Moves the excess of each int32 digit over the base to the one before it; the first keeps its own. */
export function carryOver(digits: tf.Tensor): tf.Tensor2D {
  const [rows, width] = digits.shape as [number, number];
  const rest = tf.slice(digits, [0, 1], [rows, width - 1]);
  const high = tf.floorDiv(rest, tf.scalar(BASE, 'int32'));
  const low = tf.sub(rest, tf.mul(high, tf.scalar(BASE, 'int32')));
  return tf.add(
    tf.pad(high, [
      [0, 0],
      [0, 1],
    ]),
    tf.concat([tf.slice(digits, [0, 0], [rows, 1]), low], 1),
  ) as tf.Tensor2D;
}

/** How many digits the number has that a table adds up to; row s is shifted by `step` · s bytes. */
export function foldedDigits(shifts: number, digits: number, step: number): number {
  return digits + HEADROOM + step * (shifts - 1);
}

/** The rows of a table, each shifted by its bytes, as one number: int32 digits that are small enough to add up. */
export function fold(sums: tf.Tensor, step: number): tf.Tensor1D {
  const [shifts, width] = sums.shape as [number, number];
  const length = width + step * (shifts - 1);
  let rows = sums;
  for (let pass = 0; pass < 4; pass++) rows = carryOver(rows);
  if (shifts > 1) {
    // The last digit of row s stands `step` · s places before the end.
    const places = Array.from({ length: shifts * width }, (_, at) => [
      length - width - step * Math.floor(at / width) + (at % width),
    ]);
    rows = tf.scatterND(tf.tensor2d(places, undefined, 'int32'), tf.reshape(rows, [-1]), [length]);
  }
  let number = tf.reshape(rows, [1, length]);
  for (let pass = 0; pass < 3; pass++) number = carryOver(number);
  return tf.reshape(number, [length]);
}
