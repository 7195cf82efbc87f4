// Totals: sums over examples of the loss and of each metric, and the number of examples. Sums of batches, clients
// and rounds add up, and their quotient is the mean over all examples, however unevenly they are spread.
import { tf } from '@starling/compute';
import { float32, type StructType, struct } from '@starling/federated-core';
import { checkMetricNames } from '../model/metric-names.js';
import type { ForwardPass, Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';

/**
 * `loss`, the metrics of the model, and `examples`: float32 scalars. Throws if a metric has one of these names.
 */
export function totalsType(model: Model): StructType {
  return struct(Object.fromEntries(totalsNames(model).map((name) => [name, float32()])));
}

export function zeroTotals(model: Model): Tensors {
  return Object.fromEntries(totalsNames(model).map((name) => [name, tf.scalar(0)]));
}

/** `totals` and one batch more; rows where `mask` is 0 do not count. */
export function addToTotals(totals: Tensors, pass: ForwardPass, mask: tf.Tensor): Tensors {
  const batch: Record<string, tf.Tensor> = { loss: tf.sum(tf.mul(pass.losses, mask)) };
  for (const [name, values] of Object.entries(pass.metrics)) batch[name] = tf.sum(tf.mul(values, mask));
  batch['examples'] = tf.sum(mask);
  return Object.fromEntries(
    Object.entries(totals).map(([name, total]) => [name, tf.add(total, batch[name] as tf.Tensor)]),
  );
}

/** Means over examples, and the number of examples; means are 0 where there are none. */
export function meansOfTotals(totals: Tensors): Tensors {
  const { examples, ...sums } = totals as { readonly examples: tf.Tensor };
  const count = tf.maximum(examples, 1);
  const means = Object.entries(sums as Tensors).map(([name, sum]) => [name, tf.div(sum, count)] as const);
  return { ...Object.fromEntries(means), examples };
}

function totalsNames(model: Model): readonly string[] {
  checkMetricNames(model.name, model.metrics);
  return ['loss', ...model.metrics, 'examples'];
}
