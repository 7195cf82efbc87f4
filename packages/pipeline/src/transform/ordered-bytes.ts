// float32 as four bytes in the order of numbers, within a kernel graph, as tables hold them (cell-bytes.ts of the
// population): statistics read bytes, and what a transform analyses may be computed from the columns.
import { tf } from '@starling/compute';

/** Powers of two that a normal float32 can begin with: 2^−126 to 2^127. */
const EXPONENTS = 254;
const MANTISSA = 2 ** 23;

/**
 * int32 [4] of a float32 scalar. NaN is above +∞, −0 is 0, and so is what is smaller than 2^−126, which engines may
 * take for 0 as well.
 */
export function orderedBytes(x: tf.Tensor): tf.Tensor {
  const powers = tf.tensor1d(Array.from({ length: EXPONENTS }, (_, at) => 2 ** (at - 126)));
  const int = (value: number): tf.Tensor => tf.scalar(value, 'int32');
  const number = tf.reshape(x, []);
  const isNan = tf.isNaN(number);
  const size = tf.where(isNan, tf.scalar(0), tf.abs(number));
  const isInfinite = tf.greater(size, tf.scalar(3.4028234663852886e38));
  const finite = tf.where(isInfinite, tf.scalar(1), size);
  // How many powers are at most the number: its biased exponent.
  const exponent = tf.sum(tf.cast(tf.greaterEqual(finite, powers), 'int32'));
  const isZero = tf.equal(exponent, int(0));
  const power = tf.gather(powers, tf.maximum(tf.sub(exponent, int(1)), int(0)));
  const mantissa = tf.cast(tf.mul(tf.sub(tf.div(finite, power), tf.scalar(1)), tf.scalar(MANTISSA)), 'int32');
  const plain = tf.add(tf.mul(exponent, int(MANTISSA)), mantissa);
  const infinity = tf.where(isInfinite, int(255 * MANTISSA), tf.where(isZero, int(0), plain));
  const bits = tf.where(isNan, int(0x7fc00000), infinity);
  const isNegative = tf.logicalAnd(
    tf.less(number, tf.scalar(0)),
    tf.logicalNot(tf.logicalAnd(isZero, tf.logicalNot(isInfinite))),
  );
  // Of a negative number all bits are turned, of another one the sign alone.
  const turned = tf.where(isNegative, tf.sub(int(0x7fffffff), bits), bits);
  const byte = (shift: number): tf.Tensor => tf.mod(tf.floorDiv(turned, int(2 ** shift)), int(256));
  const first = tf.add(byte(24), tf.where(isNegative, int(0), int(128)));
  return tf.stack([first, byte(16), byte(8), byte(0)]);
}
