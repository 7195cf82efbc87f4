// Losses and metrics are one number for each example: only then can rows of padding be left out of their means.

import { tf } from '@starling/compute';
import { optionError } from '@starling/federated-core/plan';
import type { Batch } from './model.js';

/**
 * `values` as they are; throws a `RangeError` that names the model and `what` unless there is one for each example of
 * `batch`.
 */
export function perExample(model: string, what: string, values: tf.Tensor, batch: Batch): tf.Tensor {
  const size = sizeOf(batch);
  if (values.rank === 1 && (size === null || values.shape[0] === size)) return values;
  throw optionError(
    `Cannot train ${model}: ${what} must give one number for each example, shape [${size ?? 'batch'}], got [${values.shape.join(', ')}]. Losses of tf.losses do with tf.Reduction.NONE and a mean over the other axes`,
  );
}

/** Losses by `perExample`, which must be float32: integers and bools have no gradient. */
export function perExampleLosses(model: string, losses: tf.Tensor, batch: Batch): tf.Tensor {
  if (losses.dtype === 'float32') return perExample(model, 'its loss', losses, batch);
  throw optionError(`Cannot train ${model}: its loss must be float32, got ${losses.dtype}`);
}

/** The number of rows of a batch, padding included; `null` if it has no tensor. */
function sizeOf(batch: Batch): number | null {
  if (batch instanceof tf.Tensor) return batch.shape[0] ?? null;
  for (const part of Object.values<Batch>(batch)) {
    const size = sizeOf(part);
    if (size !== null) return size;
  }
  return null;
}
