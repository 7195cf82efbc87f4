// Federated evaluation: each client measures the model on its own examples, and the means are over all of them.

import {
  atClients,
  atServer,
  type FederatedComputation,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  sequence,
} from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { meansWork } from '../work/means-work.js';

export interface FederatedEvaluationOptions {
  readonly model: Model;
  /** Examples evaluated at once; 100 by default. It changes the speed, not the result. */
  readonly batchSize?: number;
}

/**
 * (model: weights at the server, data: each client's sequence of examples) → `{ loss, …metrics, examples }` at the
 * server. Without examples all are 0.
 */
export function federatedEvaluation(options: FederatedEvaluationOptions): FederatedComputation {
  checkOptions('Cannot evaluate a model', options, { model: required(modelKind), batchSize: count });
  const { model, batchSize = 100 } = options;
  const work = evaluationWork({ model, batchSize });
  const means = meansWork(model);
  return federatedComputation(
    { model: atServer(model.weights), data: atClients(sequence(model.example)) },
    ({ model: weights, data }) => {
      const totals = federatedMap(work, { weights: federatedBroadcast(weights), data });
      return federatedMap(means, { totals: federatedSum(totals) });
    },
    { name: 'federated evaluation' },
  );
}
