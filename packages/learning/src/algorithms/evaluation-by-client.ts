// Federated evaluation whose server sees each client's own figures: revealing, as types, plans and records say. To know
// how clients differ without that, `federatedEvaluation` has `distribution`.
import {
  atClients,
  atServer,
  type FederatedComputation,
  type FederatedType,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedZip,
  type SequenceType,
  type StructType,
  sequence,
  type Type,
} from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import type { Means } from '../evaluation/evaluation-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import { modelKind } from '../model/model-kind.js';
import { fieldsOf } from '../parts/fields-of.js';
import { meansWork } from '../work/means-work.js';
import type { FederatedEvaluationOptions } from './federated-evaluation.js';

/** Revealing: `clients` has the figures of single clients, in cohort order. */
export type EvaluationByClientResult = FederatedType<
  StructType<{
    readonly loss: Means['loss'];
    readonly examples: Means['examples'];
    readonly clients: SequenceType<StructType<{ readonly [N in keyof Means]: Means[N] }>>;
    readonly [metric: string]: Type;
  }>,
  'SERVER',
  true,
  'revealing'
>;

/**
 * As `federatedEvaluation`, with `clients` besides: `{ loss, …metrics, examples }` of each client, means over its own
 * examples.
 */
export function evaluationByClient(
  options: Pick<FederatedEvaluationOptions, 'model' | 'batchSize'>,
): FederatedComputation<Type | null, EvaluationByClientResult> {
  checkOptions('Cannot evaluate a model', options, { model: required(modelKind), batchSize: count });
  const { model, batchSize = 100 } = options;
  const work = evaluationWork({ model, batchSize });
  const means = meansWork(model);
  const clientMeans = meansWork(model, 'CLIENTS');
  const computation = federatedComputation(
    { model: atServer(model.weights), data: atClients(sequence(model.example)) },
    ({ model: weights, data }) => {
      const totals = federatedMap(work, { weights: federatedBroadcast(weights), data });
      const overall = federatedMap(means, { totals: federatedSum(totals) });
      const clients = federatedCollect(federatedMap(clientMeans, { totals }));
      return federatedZip({ ...fieldsOf(overall), clients });
    },
    { name: 'evaluation by client' },
  );
  // The metrics' names are known here alone.
  return computation as unknown as FederatedComputation<Type | null, EvaluationByClientResult>;
}
