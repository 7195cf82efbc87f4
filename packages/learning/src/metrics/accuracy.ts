// Accuracy: 1 for an example whose largest output is at its label, else 0.
import { tf } from '@starling/compute';

/** Labels: int32 [B] or [B, T]. Outputs: scores [B, C] or [B, T, C]; an example's T places are averaged. */
export function accuracy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const hits = tf.cast(tf.equal(tf.argMax(outputs, -1), tf.cast(labels, 'int32')), 'float32');
  return hits.rank === 1 ? hits : tf.mean(tf.reshape(hits, [hits.shape[0] as number, -1]), 1);
}
