// Labels that a loss or metric has no meaning for. A graph cannot throw, so such a label makes the number of its
// example NaN or infinite: a client that holds one is refused whole, as `non-finite-update`, and an evaluation shows
// it. In training this costs nothing at each step: it depends on the labels alone, and so is computed once a client.

import { tf } from '@starling/compute';
import { describeValue, optionError } from '@starling/federated-core/plan';

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

/** Up to this many classes their one-hot rows are a table, which takes 4 · classes² bytes of a plan. */
const LARGEST_TABLE = 256;

/**
 * One-hot rows [..., classes] of labels that are integers or floats: a row of NaN for a label that is no class. What a
 * loss makes of such rows is checked by itself.
 */
export function checkedOneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  if (classes <= LARGEST_TABLE && labels.dtype !== 'float32') {
    const next = tf.add(tf.cast(labels, 'int32'), tf.scalar(1, 'int32'));
    return tf.gather(oneHotTable(classes), tf.clipByValue(next, 0, classes + 1));
  }
  const { targets, valid } = checkedClasses(labels, classes);
  return whereValid(tf.oneHot(targets, classes), tf.expandDims(valid, -1));
}

/** [classes + 2, classes]: the rows of −1 and of `classes`, where every other label is moved to, are NaN. */
function oneHotTable(classes: number): tf.Tensor {
  const rows = new Float32Array((classes + 2) * classes);
  rows.fill(Number.NaN, 0, classes);
  for (let row = 0; row < classes; row++) rows[(row + 1) * classes + row] = 1;
  rows.fill(Number.NaN, (classes + 1) * classes);
  return tf.tensor2d(rows, [classes + 2, classes]);
}

/** `values` where `valid` holds (bools of the same shape), elsewhere NaN or an infinity; so are their gradients. */
export function whereValid(values: tf.Tensor, valid: tf.Tensor): tf.Tensor {
  return tf.div(values, tf.cast(valid, 'float32'));
}

/** Where labels are shares, from 0 to 1: bools. */
export function isShare(labels: tf.Tensor): tf.Tensor {
  return tf.equal(tf.clipByValue(labels, 0, 1), labels);
}

/**
 * Labels and outputs as rows [B, N] of floats, one an example; throws a `RangeError` unless there are as many elements
 * of both.
 */
export function checkedRows(
  what: string,
  labels: tf.Tensor,
  outputs: tf.Tensor,
): { readonly targets: tf.Tensor; readonly given: tf.Tensor } {
  checkSizes(what, labels, outputs);
  const batch = outputs.shape[0] as number;
  const given = tf.reshape(outputs, [batch, -1]);
  return { targets: tf.reshape(tf.cast(labels, 'float32'), [batch, -1]), given };
}

/** Throws a `RangeError` unless there is a label for each row of scores: [B] for [B, C], [B, T] for [B, T, C]. */
export function checkClassShapes(what: string, labels: tf.Tensor, outputs: tf.Tensor): void {
  checkTensors(what, labels, outputs);
  if (outputs.rank > 1 && outputs.shape.at(-1) === 1) {
    throw optionError(
      `Cannot compute ${what}: outputs must have 2 classes or more in their last axis, got ${shapeOf(outputs)}. For yes or no take sigmoidCrossentropy and binaryAccuracy`,
    );
  }
  const places = outputs.shape.slice(0, -1);
  if (outputs.rank > 1 && `${labels.shape}` === `${places}`) return;
  const isOneHot = outputs.rank > 1 && `${labels.shape}` === `${outputs.shape}`;
  const hasOneMore = `${labels.shape}` === `${[...places, 1]}`;
  const advice = isOneHot
    ? `. One-hot labels are for ${what === 'accuracy' ? 'tfl.metrics.categoricalAccuracy' : "the loss 'categoricalCrossentropy'"}; or make classes of them, labels: (batch) => tf.argMax(batch.y, -1)`
    : hasOneMore
      ? '. Take the last axis away, labels: (batch) => tf.squeeze(batch.y, [-1])'
      : '';
  throw optionError(
    `Cannot compute ${what}: labels must have the shape of outputs without its last axis, got labels ${shapeOf(labels)} and outputs ${shapeOf(outputs)}${advice}`,
  );
}

/** Throws a `RangeError` unless labels and outputs have one shape, as one-hot labels have. */
export function checkSameShape(what: string, labels: tf.Tensor, outputs: tf.Tensor): void {
  checkTensors(what, labels, outputs);
  if (`${labels.shape}` === `${outputs.shape}`) return;
  const isOfClasses = `${labels.shape}` === `${outputs.shape.slice(0, -1)}`;
  throw optionError(
    `Cannot compute ${what}: labels must be one-hot, of the shape of outputs, got labels ${shapeOf(labels)} and outputs ${shapeOf(outputs)}${isOfClasses ? ". Labels that are classes are for the loss 'sparseCategoricalCrossentropy'" : ''}`,
  );
}

/** Throws a `RangeError` unless labels and outputs have as many elements: nothing is broadcast. */
export function checkSizes(what: string, labels: tf.Tensor, outputs: tf.Tensor): void {
  checkTensors(what, labels, outputs);
  if (labels.size === outputs.size) return;
  throw optionError(
    `Cannot compute ${what}: labels and outputs must have as many elements, got labels ${shapeOf(labels)} and outputs ${shapeOf(outputs)}`,
  );
}

/** Throws a `RangeError` unless both are there: a loss that a model is to call is easily called in its place. */
function checkTensors(what: string, labels: unknown, outputs: unknown): void {
  if (hasShape(labels) && hasShape(outputs)) return;
  throw optionError(
    `Cannot compute ${what}: need tensors of labels and outputs, got ${describeValue(labels)} and ${describeValue(outputs)}. Where a function is asked for give ${what}, without calling it`,
  );
}

function hasShape(value: unknown): value is tf.Tensor {
  return Array.isArray((value as tf.Tensor | null | undefined)?.shape);
}

const shapeOf = ({ shape }: tf.Tensor): string => `[${shape.join(', ')}]`;
