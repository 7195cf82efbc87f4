// Accuracy: 1 for an example whose largest output is at its label, else 0.
import { tf } from '@starling/compute';
import { checkClassShapes, checkedClasses, whereValid } from '../losses/label-checks.js';
import { meanOfPlaces } from '../losses/mean-of-places.js';

/**
 * Labels: int32 [B] or [B, T], from 0 to C − 1. Outputs: scores [B, C] or [B, T, C]; an example's T places are
 * averaged. NaN for an example with a label that is no class. Scores of NaN have no largest one: here the result is 0
 * or 1, and an evaluation, which has the loss as well, makes it NaN.
 */
export function accuracy(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkClassShapes('accuracy', labels, outputs);
  const { targets, valid } = checkedClasses(labels, outputs.shape.at(-1) as number);
  const hits = tf.cast(tf.equal(tf.argMax(outputs, -1), targets), 'float32');
  return meanOfPlaces(whereValid(hits, valid));
}
