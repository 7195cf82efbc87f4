// Binary accuracy: 1 for an example whose logit is positive where its label is 1 and not positive where it is 0.
import { tf } from '@starling/compute';

/** Labels: [B], 0 or 1. Outputs: logits [B] or [B, 1]. */
export function binaryAccuracy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const batch = outputs.shape[0] as number;
  const yes = tf.greater(tf.reshape(outputs, [batch]), 0);
  return tf.cast(tf.equal(yes, tf.cast(tf.reshape(labels, [batch]), 'bool')), 'float32');
}
