// Real numbers as integers that add up exactly, in any order: multiples of a resolution, in digits of base 256 from
// −128 to 128, each with a column of its own, and in the last one whatever the others leave. All digits of a small
// negative number are small, so that none cancels another. An int32 column holds the digits of 2²⁴ examples, about 16
// million.
import { tf } from '@starling/compute';

const BASE = 256;
export const DIGITS = 5;
/** Of which numbers are multiples: 2⁻²⁴, about 6e-8. */
export const RESOLUTION = 2 ** -24;

/** float32 [B] → int32 [B, 5]: the digits of each number; those of one that is not finite are zeros. */
export function digitsOf(values: tf.Tensor, resolution = RESOLUTION): tf.Tensor {
  const finite = tf.where(tf.isFinite(values), values, tf.zerosLike(values));
  // Exact from here on: powers of 2 move the exponent alone.
  let rest: tf.Tensor = tf.round(tf.div(finite, resolution));
  const digits: tf.Tensor[] = [];
  for (let digit = 1; digit < DIGITS; digit++) {
    const higher = tf.round(tf.div(rest, BASE));
    digits.push(tf.sub(rest, tf.mul(higher, BASE)));
    rest = higher;
  }
  return tf.cast(tf.stack([...digits, rest], 1), 'int32');
}

/** int32 [5], sums of digits → the number, float32. */
export function numberOf(digits: tf.Tensor, resolution = RESOLUTION): tf.Tensor {
  const places = Float32Array.from({ length: DIGITS }, (_, place) => resolution * BASE ** place);
  return tf.sum(tf.mul(tf.cast(digits, 'float32'), tf.tensor1d(places)));
}
