// Softmax cross-entropy of logits: −log softmax(z)_y, in the stable form logsumexp(z) − z_y.
import { tf } from '@starling/compute';
import { checkClassShapes, checkedOneHot } from './label-checks.js';
import { meanOfPlaces } from './mean-of-places.js';

/**
 * Labels: int32 [B], classes from 0 to C − 1; or int32 [B, T] for a label at each of T places, whose losses are
 * averaged. Outputs: logits [B, C] or [B, T, C]. The last layer of the model must not apply a softmax. An example with
 * a label that is no class has a loss of NaN: the update of a client that holds one is refused as `non-finite-update`.
 * Throws a `RangeError` if shapes differ from these.
 */
export function softmaxCrossentropy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkClassShapes('softmaxCrossentropy', labels, outputs);
  const classes = outputs.shape.at(-1) as number;
  const oneHot = checkedOneHot(labels, classes);
  const losses = tf.losses.softmaxCrossEntropy(oneHot, outputs, undefined, 0, tf.Reduction.NONE);
  return meanOfPlaces(losses);
}
