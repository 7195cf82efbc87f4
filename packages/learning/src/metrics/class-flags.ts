// What examples are and what they are taken for, as rows of zeros and ones: the ground of the metrics of classes.
import { tf } from '@starling/compute';
import { type Check, checkOptions, numberWithin, optionError } from '@starling/federated-core/plan';
import { checkClassShapes, checkedClasses, checkSizes } from '../losses/label-checks.js';

export interface ClassOptions {
  /**
   * C: labels are classes from 0 to C − 1, outputs scores [B, C], and the largest is what an example is taken for.
   * Without: labels are 0 or 1, and outputs [B] or [B, 1].
   */
  readonly classes?: number;
  /** Without classes: an output above it is taken for 1; 0 by default, as suits logits. Probabilities: 0.5. */
  readonly threshold?: number;
}

export interface ClassFlags {
  /** int32 [B, C], of what each example is; [B, 1] without classes. */
  readonly actual: tf.Tensor;
  readonly predicted: tf.Tensor;
}

const classCount: Check = numberWithin({ whole: true, from: 2, to: 10_000 });

/** Throws a `RangeError` if an option is out of its range, or both are given. */
export function checkClassOptions(action: string, options: ClassOptions): void {
  checkOptions(action, options, { classes: classCount, threshold: numberWithin({}) });
  if (options.classes !== undefined && options.threshold !== undefined) {
    throw optionError(`${action}: need classes or a threshold, got both`);
  }
}

/** Labels that are no class have flags of zeros, or of whatever they round to: `validLabels` tells them apart. */
export function classFlags(
  what: string,
  { classes, threshold = 0 }: ClassOptions,
  labels: tf.Tensor,
  outputs: tf.Tensor,
): ClassFlags {
  if (classes === undefined) {
    checkSizes(what, labels, outputs);
    const [size] = outputs.shape as [number];
    return {
      actual: tf.cast(tf.greater(tf.cast(tf.reshape(labels, [size, 1]), 'float32'), 0.5), 'int32'),
      predicted: tf.cast(tf.greater(tf.reshape(outputs, [size, 1]), threshold), 'int32'),
    };
  }
  checkClassShapes(what, labels, outputs);
  checkClasses(what, classes, outputs);
  const { targets } = checkedClasses(labels, classes);
  return {
    actual: flagsOf(targets, classes),
    predicted: flagsOf(tf.cast(tf.argMax(outputs, -1), 'int32'), classes),
  };
}

/** bool [B]: whether a label is a class. */
export function validLabels({ classes }: ClassOptions, labels: tf.Tensor): tf.Tensor {
  const [size] = labels.shape as [number];
  const flat = tf.reshape(tf.cast(labels, 'float32'), [size]);
  if (classes !== undefined) return checkedClasses(flat, classes).valid;
  return tf.logicalOr(tf.equal(flat, 0), tf.equal(flat, 1));
}

const flagsOf = (of: tf.Tensor, classes: number): tf.Tensor =>
  tf.cast(tf.equal(tf.expandDims(of, -1), tf.range(0, classes, 1, 'int32')), 'int32');

function checkClasses(what: string, classes: number, outputs: tf.Tensor): void {
  if (outputs.rank === 2 && outputs.shape[1] === classes) return;
  throw optionError(
    `Cannot compute ${what}: outputs must be [batch, ${classes}], a score for each class, got [${outputs.shape.join(', ')}]`,
  );
}
