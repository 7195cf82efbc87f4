// The nearest point of the probability simplex: Duchi, Shalev-Shwartz, Singer, Chandra, "Efficient Projections onto the
// ℓ1-Ball for Learning in High Dimensions", ICML 2008, Figure 1.
import { tf } from '@starling/compute';

/** float32 [p] → float32 [p], at least 0 each, of sum 1: max(v − θ, 0) for the one θ that gives that sum. */
export function onSimplex(values: tf.Tensor): tf.Tensor {
  const [size] = values.shape as [number];
  const { values: sorted } = tf.topk(values, size);
  // θ_j if the j largest alone stay above 0; the right j is the last at which that holds.
  const thresholds = tf.div(tf.sub(tf.cumsum(sorted), 1), tf.range(1, size + 1));
  const kept = tf.sum(tf.cast(tf.greater(sorted, thresholds), 'int32'));
  const threshold = tf.gather(thresholds, tf.sub(kept, tf.scalar(1, 'int32')));
  return tf.relu(tf.sub(values, threshold));
}
