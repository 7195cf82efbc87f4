// Federated evaluation: each client measures the model on its own examples, and the server sees means over all of them;
// and if asked how clients differ, counts of clients, which are sums as well.

import {
  type AggregatedComputation,
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedZip,
  sequence,
  type Type,
} from '@starling/federated-core';
import { checkOptions, count, kinds, numberWithin, required } from '@starling/federated-core/plan';
import type { EvaluationResult } from '../evaluation/evaluation-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import { checkHistograms, type Histograms, histogramWork, spreadWork } from '../evaluation/histogram-work.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { fieldsOf } from '../parts/fields-of.js';
import { meansWork } from '../work/means-work.js';

export interface FederatedEvaluationOptions {
  readonly model: Model;
  /** Examples evaluated at once; 100 by default. It changes the speed, not the result. */
  readonly batchSize?: number;
  /**
   * How the clients' own means of these metrics, or of `loss`, are spread: over a histogram, and in numbers. By
   * default, nothing.
   */
  readonly distribution?: Histograms;
  /** The shares of clients, from 0 to 1, below the quantiles. Default 0.1, 0.5 and 0.9. */
  readonly quantiles?: readonly number[];
}

/**
 * (model: weights at the server, data: each client's sequence of examples) → `{ loss, …metrics, examples }` at the
 * server, means over all examples; without examples they are NaN. With `distribution` also that, by metric, of the
 * clients with examples: `counts` (int32[bins]), `quantiles` (float32[quantiles], as if clients were spread evenly over
 * a bin), `mean` and `variance`, `jain` ((Σ m)² / (K Σ m²), 1 where all have the same: Jain, Chiu, Hawe, 1984), and
 * `lowest` and `highest`, the means over the tenth of the clients at either end. Throws a `RangeError` if an option is
 * out of its range.
 */
export function federatedEvaluation(
  options: FederatedEvaluationOptions,
): AggregatedComputation<Type | null, EvaluationResult> {
  const action = 'Cannot evaluate a model';
  checkOptions(action, options, {
    model: required(modelKind),
    batchSize: count,
    distribution: true,
    quantiles: kinds.list,
  });
  const { model, batchSize = 100, distribution = {}, quantiles = [0.1, 0.5, 0.9] } = options;
  checkHistograms(action, model, distribution);
  for (const share of quantiles) numberWithin({ from: 0, to: 1 })(action, 'a quantile', share);
  const work = evaluationWork({ model, batchSize });
  const means = meansWork(model);
  const isSpread = Object.keys(distribution).length > 0;
  const computation = federatedComputation(
    { model: atServer(model.weights), data: atClients(sequence(model.example)) },
    ({ model: weights, data }) => {
      const totals = federatedMap(work, { weights: federatedBroadcast(weights), data });
      const overall = federatedMap(means, { totals: federatedSum(totals) });
      if (!isSpread) return overall;
      const spread = federatedSum(federatedMap(histogramWork(model, distribution), { totals }));
      const differences = federatedMap(spreadWork(distribution, quantiles), { spread });
      return federatedZip({ ...fieldsOf(overall), distribution: differences });
    },
    { name: 'federated evaluation' },
  );
  // The metrics' names are known here alone.
  return computation as unknown as AggregatedComputation<Type | null, EvaluationResult>;
}
