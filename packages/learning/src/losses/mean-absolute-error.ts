// Mean absolute error: the mean of |output − label| over an example's outputs.
import { tf } from '@starling/compute';
import { checkedRows } from './label-checks.js';

/** Labels and outputs: [B] or [B, …], of the same number of elements; else throws a `RangeError`. */
export function meanAbsoluteError(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const { targets, given } = checkedRows('meanAbsoluteError', labels, outputs);
  return tf.mean(tf.abs(tf.sub(given, targets)), 1);
}
