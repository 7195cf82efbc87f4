// The largest magnitude among the numbers of a value, by which they are divided before they are squared and added up,
// so that squares neither overflow nor vanish: as part of a local computation.
import { tf } from '@starling/compute';

export interface Scale {
  /** A scalar. */
  readonly largest: tf.Tensor;
  /** The same, and 1 where it is 0. */
  readonly divisor: tf.Tensor;
  quotient(tensor: tf.Tensor): tf.Tensor;
}

/** Of tensors that are not empty, one at least. */
export function scaleOf(leaves: readonly tf.Tensor[]): Scale {
  const largest = tf.max(tf.stack(leaves.map((leaf) => tf.max(tf.abs(leaf)))));
  // A value of zeros is divided by 1.
  const divisor = tf.where(tf.greater(largest, 0), largest, tf.onesLike(largest));
  return { largest, divisor, quotient: (tensor) => tf.div(tensor, divisor) };
}
