// FedAvg: McMahan, Moore, Ramage, Hampson, Agüera y Arcas, "Communication-Efficient Learning of Deep Networks from
// Decentralized Data", AISTATS 2017, Algorithm 1. In each round t, with n = Σ n_k over the cohort:
//
//   each client k:  w_k ← w_t, then for E epochs, for each batch b of B examples: w_k ← w_k − η ∇ℓ(w_k; b)
//   the server:     w_{t+1} ← Σ (n_k / n) w_k, which is w_t + Σ (n_k / n) (w_k − w_t)
//
// Clients send the change w_k − w_t, so that aggregators can clip, noise or compress it.
import { meanAggregator } from '@starling/aggregators';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { warnOfSum } from '../compose/warn-of-sum.js';
import { broadcastDistributor } from '../distributors/broadcast-distributor.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import { sgd } from '../optimizers/sgd.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export type FederatedAveragingOptions<W extends string = string> = AlgorithmOptions<W>;

/**
 * The process whose clients hold `{ data }`, a sequence of the model's examples. Its state and metrics are those of
 * `learningProcess` and `trainingWork`. Throws a `RangeError` if an option is out of its range.
 */
export function federatedAveraging<W extends string>(
  options: FederatedAveragingOptions<W>,
): LearningProcess<W> {
  checkAlgorithm('Cannot average models', options, {});
  warnOfSum('federated averaging', options.aggregator);
  return learningProcess({
    name: 'federated averaging',
    distributor: broadcastDistributor(),
    clientWork: trainingWork(trainingOf(options, options.clientOptimizer)),
    finalizer: optimizerFinalizer(sgd({ learningRate: 1 })),
    ...commonOf(options),
    aggregator: options.aggregator ?? meanAggregator(),
  });
}
