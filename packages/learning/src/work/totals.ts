// Totals: sums over examples of the loss and of each metric, and the number of examples. Sums of batches, clients
// and rounds add up, and their quotient is the mean over all examples, however unevenly they are spread.
import { tf } from '@starling/compute';
import { float32, type StructType, struct } from '@starling/federated-core';
import { resultsOfSums, sumOfTerms } from '../model/measure.js';
import { checkMetricNames } from '../model/metric-names.js';
import type { ForwardPass, Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';

/**
 * `loss`, the metrics of the model, and `examples`: float32 scalars, and of a metric of sums these. Throws if a metric
 * has one of these names.
 */
export function totalsType(model: Model): StructType {
  const { sumMetrics = {} } = model;
  return struct(
    Object.fromEntries(totalsNames(model).map((name) => [name, sumMetrics[name]?.sums ?? float32()])),
  );
}

export function zeroTotals(model: Model): Tensors {
  const { sumMetrics = {} } = model;
  const zero = (name: string): tf.Tensor => {
    const { sums } = sumMetrics[name] ?? {};
    return sums === undefined ? tf.scalar(0) : tf.zeros([...(sums.shape as number[])], sums.dtype);
  };
  return Object.fromEntries(totalsNames(model).map((name) => [name, zero(name)]));
}

/** `totals` and one batch more; rows where `mask` is 0 do not count. */
export function addToTotals(totals: Tensors, pass: ForwardPass, mask: tf.Tensor): Tensors {
  const batch: Record<string, tf.Tensor> = { loss: tf.sum(tf.mul(lossesShown(pass), mask)) };
  for (const [name, values] of Object.entries(pass.metrics)) {
    const { rank, dtype } = totals[name] as tf.Tensor;
    const isMean = rank === 0 && dtype === 'float32';
    batch[name] = isMean ? tf.sum(tf.mul(values, mask)) : sumOfTerms(values, mask);
  }
  batch['examples'] = tf.sum(mask);
  return Object.fromEntries(
    Object.entries(totals).map(([name, total]) => [name, tf.add(total, batch[name] as tf.Tensor)]),
  );
}

/** Losses that are NaN where an example has no meaning for a metric of integers, which cannot be NaN itself. */
function lossesShown({ losses, valid }: ForwardPass): tf.Tensor {
  return valid === undefined ? losses : tf.where(valid, losses, tf.fill(losses.shape, Number.NaN));
}

/**
 * Means over examples, what metrics of sums make of these, and the number of examples; of no examples means are 0, or
 * NaN. Where the mean of the loss is NaN, so are the results of sums that are floats.
 */
export function meansOfTotals(model: Model, totals: Tensors, ofNothing: 0 | 'NaN' = 0): Tensors {
  const { examples, ...sums } = totals as { readonly examples: tf.Tensor };
  const count = ofNothing === 0 ? tf.maximum(examples, 1) : examples;
  const results = resultsOfSums(model, totals);
  const means = Object.entries(sums as Tensors).map(([name, sum]) => {
    const result = results[name];
    if (result === undefined) return [name, tf.div(sum, count)] as const;
    const meansNothing = tf.isNaN(tf.div((sums as Tensors)['loss'] as tf.Tensor, count));
    const nothing = tf.fill(result.shape, Number.NaN);
    return [name, result.dtype === 'float32' ? tf.where(meansNothing, nothing, result) : result] as const;
  });
  return { ...Object.fromEntries(means), examples };
}

function totalsNames(model: Model): readonly string[] {
  checkMetricNames(model.name, model.metrics);
  return ['loss', ...model.metrics, 'examples'];
}
