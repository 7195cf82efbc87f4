// Federated evaluation: each client measures the model on its own examples, and the server sees means over all of them;
// and if asked how clients differ, counts of clients, which are sums as well.

import {
  type AggregatedComputation,
  atClients,
  atServer,
  federatedComputation,
  sequence,
  type Type,
} from '@starling/federated-core';
import { checkOptions, required } from '@starling/federated-core/plan';
import type { EvaluationResult } from '../evaluation/evaluation-types.js';
import {
  checkMeasures,
  MEASURE_OPTIONS,
  type MeasureOptions,
  measuredOnClients,
} from '../evaluation/measured-on-clients.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';

export interface FederatedEvaluationOptions extends MeasureOptions {
  readonly model: Model;
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
  checkOptions(action, options, { model: required(modelKind), ...MEASURE_OPTIONS });
  const { model } = options;
  checkMeasures(action, model, options);
  const computation = federatedComputation(
    { model: atServer(model.weights), data: atClients(sequence(model.example)) },
    ({ model: weights, data }) => measuredOnClients(model, { weights, data }, options),
    { name: 'federated evaluation' },
  );
  // The metrics' names are known here alone.
  return computation as unknown as AggregatedComputation<Type | null, EvaluationResult>;
}
