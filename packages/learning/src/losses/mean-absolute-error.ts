// Mean absolute error: the mean of |output − label| over an example's outputs.
import { tf } from '@starling/compute';
import { checkSizes } from './label-checks.js';

/** Labels and outputs: [B] or [B, …], of the same number of elements; else throws a `RangeError`. */
export function meanAbsoluteError(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkSizes('meanAbsoluteError', labels, outputs);
  const batch = outputs.shape[0] as number;
  const errors = tf.sub(
    tf.reshape(outputs, [batch, -1]),
    tf.reshape(tf.cast(labels, 'float32'), [batch, -1]),
  );
  return tf.mean(tf.abs(errors), 1);
}
