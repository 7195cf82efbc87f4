// Softmax cross-entropy of logits: −log softmax(z)_y, in the stable form logsumexp(z) − z_y.
import { tf } from '@starling/compute';

/**
 * Labels: int32 [B], classes from 0; or int32 [B, T] for a label at each of T places, whose losses are averaged.
 * Outputs: logits [B, C] or [B, T, C]. The last layer of the model must not apply a softmax.
 */
export function softmaxCrossentropy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const classes = outputs.shape.at(-1) as number;
  const targets = tf.oneHot(tf.cast(labels, 'int32'), classes);
  const losses = tf.losses.softmaxCrossEntropy(targets, outputs, undefined, 0, tf.Reduction.NONE);
  return losses.rank === 1 ? losses : tf.mean(tf.reshape(losses, [losses.shape[0] as number, -1]), 1);
}
