// Cross-entropies of labels that are one-hot, and of outputs that are probabilities already, as those of a last layer
// with a softmax or a sigmoid are. As in Keras, probabilities are held between 1e-7 and 1 − 1e-7, so that none gives an
// infinite loss; one beyond has no gradient. Of logits there is no such bound, which is why they are to be preferred.
import { tf } from '@starling/compute';
import {
  checkClassShapes,
  checkedClasses,
  checkedRows,
  checkSameShape,
  isShare,
  whereValid,
} from './label-checks.js';
import { meanOfPlaces } from './mean-of-places.js';

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
  const { targets, given: yes } = checkedRows('binaryCrossentropy', labels, outputs);
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
