// Evaluating a model on one dataset: one reduction over batches, which adds up losses and measures. The same local
// computation serves each client of a federated evaluation and the test set at the server.
import { localComputation, sequenceReduce } from '@starling/compute';
import { type LocalComputation, sequence } from '@starling/federated-core';
import type { Batch, Model } from '../models/model.js';
import { addToTotals, zeroTotals } from '../work/totals.js';

/** (weights, data) → totals over the examples. */
export function evaluationWork(model: Model, batchSize: number): LocalComputation {
  return localComputation(
    { weights: model.weights, data: sequence(model.example) },
    ({ weights, data }) =>
      sequenceReduce(data.batch(batchSize), zeroTotals(model), (totals, batch, mask) =>
        addToTotals(totals, model.forward(weights, batch as Batch, { training: false }), mask),
      ),
    { name: 'evaluation' },
  );
}
