// Binary accuracy: 1 for an example whose logit is positive where its label is 1 and not positive where it is 0.
import { tf } from '@starling/compute';
import { checkSizes, whereValid } from '../losses/label-checks.js';

/**
 * Labels: [B], 0 or 1. Outputs: logits [B] or [B, 1]. Not finite for an example with another label. A logit of NaN is
 * not positive: here the result is 0 or 1, and an evaluation, which has the loss as well, makes it NaN.
 */
export function binaryAccuracy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkSizes('binaryAccuracy', labels, outputs);
  const batch = outputs.shape[0] as number;
  const yes = tf.greater(tf.reshape(outputs, [batch]), 0);
  const given = tf.reshape(labels, [batch]);
  const targets = tf.cast(given, 'bool');
  const hits = tf.cast(tf.equal(yes, targets), 'float32');
  if (given.dtype === 'bool') return hits;
  const isYesOrNo = tf.equal(tf.cast(targets, 'float32'), tf.cast(given, 'float32'));
  return whereValid(hits, isYesOrNo);
}
