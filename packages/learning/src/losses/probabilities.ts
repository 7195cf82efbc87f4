// Cross-entropies of labels that are one-hot, and of outputs that are probabilities already, as those of a last layer
// with a softmax or a sigmoid are. As in Keras, probabilities are held between 1e-7 and 1 − 1e-7, so that none gives an
// infinite loss; one beyond has no gradient. Of logits there is no such bound, which is why they are to be preferred.
import { tf } from '@starling/compute';
import { checkClassShapes, checkedClasses, checkSameShape, checkSizes, whereValid } from './label-checks.js';

const LEAST = 1e-7;

/** −log p_y of int32 labels [B] or [B, T], and probabilities [B, C] or [B, T, C]. */
export function sparseOfProbabilities(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkClassShapes('sparseCategoricalCrossentropy', labels, outputs);
  const classes = outputs.shape.at(-1) as number;
  const { targets, valid } = checkedClasses(labels, classes);
  return meanOfPlaces(whereValid(picked(tf.oneHot(targets, classes), logOf(outputs)), valid));
}

/** −Σ y log softmax(z) of one-hot labels and logits of one shape, [B, C] or [B, T, C]. */
export function oneHotOfLogits(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkSameShape('categoricalCrossentropy', labels, outputs);
  return ofOneHot(labels, tf.logSoftmax(outputs));
}

/** −Σ y log p of one-hot labels and probabilities of one shape. */
export function oneHotOfProbabilities(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkSameShape('categoricalCrossentropy', labels, outputs);
  return ofOneHot(labels, logOf(outputs));
}

/** −y log p − (1 − y) log(1 − p), over an example's outputs. */
export function binaryOfProbabilities(labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  checkSizes('binaryCrossentropy', labels, outputs);
  const batch = outputs.shape[0] as number;
  const yes = tf.reshape(outputs, [batch, -1]);
  const targets = tf.reshape(tf.cast(labels, 'float32'), [batch, -1]);
  const losses = tf.neg(
    tf.add(tf.mul(targets, logOf(yes)), tf.mul(tf.sub(1, targets), logOf(tf.sub(1, yes)))),
  );
  return tf.mean(whereValid(losses, isShare(targets)), 1);
}

function ofOneHot(labels: tf.Tensor, logs: tf.Tensor): tf.Tensor {
  const shares = tf.cast(labels, 'float32');
  return meanOfPlaces(whereValid(picked(shares, logs), tf.all(isShare(shares), -1)));
}

const logOf = (probabilities: tf.Tensor): tf.Tensor =>
  tf.log(tf.clipByValue(probabilities, LEAST, 1 - LEAST));

const picked = (shares: tf.Tensor, logs: tf.Tensor): tf.Tensor =>
  tf.neg(tf.sum(tf.mul(tf.cast(shares, 'float32'), logs), -1));

const isShare = (labels: tf.Tensor): tf.Tensor => tf.equal(tf.clipByValue(labels, 0, 1), labels);

/** [B] as it is; of [B, T, …] the mean over an example's places. */
function meanOfPlaces(losses: tf.Tensor): tf.Tensor {
  return losses.rank === 1 ? losses : tf.mean(tf.reshape(losses, [losses.shape[0] as number, -1]), 1);
}
