// Evaluating a model on one dataset: one reduction over batches, which adds up losses and metrics. The same local
// computation serves each client of a federated evaluation and the test set at the server.
import { localComputation, sequenceReduce, tf } from '@starling/compute';
import { type LocalComputation, sequence } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import type { Batch, ForwardPass, Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { addToTotals, zeroTotals } from '../work/totals.js';

/**
 * (weights, data) → totals over the examples; the metrics of an example whose loss is NaN are NaN. Throws a
 * `RangeError` unless `batchSize` is a whole number of at least 1.
 */
export function evaluationWork(options: {
  readonly model: Model;
  /** Examples evaluated at once. */
  readonly batchSize: number;
}): LocalComputation {
  checkOptions('Cannot evaluate a model', options, {
    model: required(modelKind),
    batchSize: required(count),
  });
  const { model, batchSize } = options;
  return localComputation(
    { weights: model.weights, data: sequence(model.example) },
    ({ weights, data }) =>
      sequenceReduce(data.batch(batchSize), zeroTotals(model), (totals, batch, mask) =>
        addToTotals(totals, shown(model, model.forward(weights, batch as Batch, { training: false })), mask),
      ),
    { name: 'evaluation' },
  );
}

/**
 * A pass whose metrics show where there is nothing to measure: the largest of scores that are all NaN is at some class,
 * and so right for some examples. In training a loss of NaN has the client refused already, at no cost to each step.
 */
function shown({ sumMetrics = {} }: Model, { metrics, ...pass }: ForwardPass): ForwardPass {
  const meansNothing = tf.isNaN(pass.losses);
  const measured = Object.entries(metrics).map(
    ([name, values]) =>
      [
        name,
        name in sumMetrics ? values : tf.where(meansNothing, pass.losses, tf.cast(values, 'float32')),
      ] as const,
  );
  return { ...pass, metrics: Object.fromEntries(measured) };
}
