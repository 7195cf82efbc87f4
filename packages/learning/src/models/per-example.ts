// Losses and measures are one number for each example: only then can rows of padding be left out of their means.
import type { tf } from '@starling/compute';

/** `values` as they are; throws a `RangeError` that names the model and `what` unless they have the shape [batch]. */
export function perExample(model: string, what: string, values: tf.Tensor): tf.Tensor {
  if (values.rank === 1) return values;
  throw new RangeError(
    `Cannot train ${model}: ${what} must give one number for each example, shape [batch], got [${values.shape.join(', ')}]. Losses of tf.losses do with tf.Reduction.NONE and a mean over the other axes`,
  );
}
