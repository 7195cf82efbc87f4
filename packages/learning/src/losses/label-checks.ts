// Labels that a loss or metric has no meaning for. A graph cannot throw, so such a label makes the number of its
// example NaN or infinite: a client that holds one is refused whole, as `non-finite-update`, and an evaluation shows
// it. In training this costs nothing at each step: it depends on the labels alone, and so is computed once a client.
import { tf } from '@starling/compute';

/**
 * int32 classes of labels that are integers or floats, and where they are classes at all, 0 to `classes` − 1: bools.
 */
export function checkedClasses(
  labels: tf.Tensor,
  classes: number,
): { readonly targets: tf.Tensor; readonly valid: tf.Tensor } {
  const targets = tf.cast(labels, 'int32');
  const inRange = tf.equal(tf.clipByValue(targets, 0, classes - 1), targets);
  if (labels.dtype !== 'float32') return { targets, valid: inRange };
  return { targets, valid: tf.logicalAnd(inRange, tf.equal(tf.cast(targets, 'float32'), labels)) };
}

/** `values` where `valid` holds (bools of the same shape), elsewhere NaN or an infinity; so are their gradients. */
export function whereValid(values: tf.Tensor, valid: tf.Tensor): tf.Tensor {
  return tf.div(values, tf.cast(valid, 'float32'));
}

/** Throws a `RangeError` unless there is a label for each row of scores: [B] for [B, C], [B, T] for [B, T, C]. */
export function checkClassShapes(what: string, labels: tf.Tensor, outputs: tf.Tensor): void {
  const places = outputs.shape.slice(0, -1);
  if (outputs.rank > 1 && `${labels.shape}` === `${places}`) return;
  throw new RangeError(
    `Cannot compute ${what}: labels must have the shape of outputs without its last axis, got labels [${labels.shape.join(', ')}] and outputs [${outputs.shape.join(', ')}]`,
  );
}

/** Throws a `RangeError` unless labels and outputs have as many elements: nothing is broadcast. */
export function checkSizes(what: string, labels: tf.Tensor, outputs: tf.Tensor): void {
  if (labels.size === outputs.size) return;
  throw new RangeError(
    `Cannot compute ${what}: labels and outputs must have as many elements, got labels [${labels.shape.join(', ')}] and outputs [${outputs.shape.join(', ')}]`,
  );
}
