// Mean squared error: the mean of (output − label)² over an example's outputs.
import { tf } from '@starling/compute';
import { checkedRows } from './label-checks.js';

/** Labels and outputs: [B] or [B, …], of the same number of elements; else throws a `RangeError`. */
export function meanSquaredError(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const { targets, given } = checkedRows('meanSquaredError', labels, outputs);
  return tf.mean(tf.square(tf.sub(given, targets)), 1);
}
