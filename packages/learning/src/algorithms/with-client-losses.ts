// A process whose clients also tell the server their loss of the weights that they were sent, F_k(w_t): what power of
// choice goes by (Cho, Wang, Joshi, "Towards Understanding Biased Client Selection in Federated Learning", AISTATS
// 2022).
import {
  type AnyClientsValue,
  type AnyServerValue,
  atClients,
  atServer,
  call,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedMap,
  federatedZip,
  field,
  iterativeProcess,
  sequence,
} from '@starling/federated-core';
import { checkOptions, count, optionError } from '@starling/federated-core/plan';
import type { LearningProcess } from '../compose/learning-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import { fieldsOf } from '../parts/fields-of.js';
import { meansWork } from '../work/means-work.js';

/**
 * The same process, whose metrics have `losses` besides: of each client that counts, in cohort order, the mean loss of
 * its examples before it trains. Revealing, and another pass over the examples, `batchSize` (100) at once. For
 * `powerOfChoiceSampler({ watches: 'losses', … })`. Throws a `RangeError` for a process that is none of learning.
 */
export function withClientLosses<P extends LearningProcess>(
  process: P,
  options: { readonly batchSize?: number } = {},
): P {
  const action = 'Cannot collect the losses of clients';
  checkOptions(action, options, { batchSize: count });
  const { model, initialize, next, finiteState } = process;
  if (model === undefined || process.initializeClient !== undefined) {
    throw optionError(`${action}: need a process of learning whose clients keep nothing, got another`);
  }
  const evaluate = evaluationWork({ model, batchSize: options.batchSize ?? 100 });
  const means = meansWork(model, 'CLIENTS');
  const told = federatedComputation(
    { state: atServer(initialize.type.result.member), data: atClients(sequence(model.example)) },
    ({ state, data }) => {
      const after = call(next as never, { state, data } as never) as unknown as AnyServerValue;
      const weights = federatedBroadcast(field(state, 'model') as AnyServerValue);
      const totals = federatedMap(evaluate, { weights, data });
      const losses = field(federatedMap(means, { totals }), 'loss') as AnyClientsValue;
      const metrics = fieldsOf(field(after, 'metrics') as AnyServerValue);
      return {
        state: field(after, 'state') as AnyServerValue,
        metrics: federatedZip({ ...metrics, losses: federatedCollect(losses) }),
      };
    },
    { name: `${next.name} and losses of clients` },
  );
  return {
    ...process,
    ...iterativeProcess({ initialize, next: told } as never, { finiteState }),
  } as unknown as P;
}
