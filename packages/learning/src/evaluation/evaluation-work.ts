// Evaluating a model on one dataset: one reduction over batches, which adds up losses and metrics. The same local
// computation serves each client of a federated evaluation and the test set at the server.
import { localComputation, sequenceReduce } from '@starling/compute';
import { type LocalComputation, sequence } from '@starling/federated-core';
import { checkNumber, MAX_COUNT } from '@starling/federated-core/plan';
import type { Batch, Model } from '../models/model.js';
import { addToTotals, zeroTotals } from '../work/totals.js';

/**
 * (weights, data) → totals over the examples. Throws a `RangeError` unless `batchSize` is a whole number of at least 1.
 */
export function evaluationWork({
  model,
  batchSize,
}: {
  readonly model: Model;
  /** Examples evaluated at once. */
  readonly batchSize: number;
}): LocalComputation {
  checkNumber('Cannot evaluate a model', 'batchSize', batchSize, { whole: true, from: 1, to: MAX_COUNT });
  return localComputation(
    { weights: model.weights, data: sequence(model.example) },
    ({ weights, data }) =>
      sequenceReduce(data.batch(batchSize), zeroTotals(model), (totals, batch, mask) =>
        addToTotals(totals, model.forward(weights, batch as Batch, { training: false }), mask),
      ),
    { name: 'evaluation' },
  );
}
