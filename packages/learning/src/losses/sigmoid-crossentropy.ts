// Sigmoid cross-entropy of logits, for yes or no: max(z, 0) − z y + log(1 + e^−|z|), which never overflows.
import { tf } from '@starling/compute';
import { checkedRows, isShare, whereValid } from './label-checks.js';

/**
 * Labels: [B] or [B, …], 0 or 1, or a probability between them. Outputs: logits of the same number of elements; an
 * example's losses are averaged. An example with a label outside of [0, 1] has a loss that is not finite: the update of
 * a client that holds one is refused as `non-finite-update`. Throws a `RangeError` if the numbers of elements
 * differ.
 */
export function sigmoidCrossentropy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const { targets, given: logits } = checkedRows('sigmoidCrossentropy', labels, outputs);
  const softplus = tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(logits)))));
  const losses = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), softplus);
  return tf.mean(whereValid(losses, isShare(targets)), 1);
}
