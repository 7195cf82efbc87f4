// FedOpt: Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated Optimization", ICLR 2021,
// Algorithm 1: FedAvg whose server takes a step of an optimizer. With p_k the client's share of the weights:
//
//   each client k:  Δ_k = w_k − w_t, where w_k is what training makes of w_t
//   the server:     Δ_t = Σ p_k Δ_k,  w_{t+1} = ServerOpt(w_t, −Δ_t)
//
// SGD with a learning rate of 1 at the server is FedAvg.

import { required } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface FedOptOptions<W extends string = string> extends AlgorithmOptions<W> {
  /** Moves the server's weights by the clients' mean change; its state lasts, and counts rounds. */
  readonly serverOptimizer: Optimizer;
}

/** `federatedAveraging` with any optimizer at the server. */
export function fedOpt<W extends string>(options: FedOptOptions<W>): LearningProcess<W> {
  checkAlgorithm('Cannot optimize at the server', options, { serverOptimizer: required(optimizerKind) });
  return learningProcess({
    name: 'FedOpt',
    clientWork: trainingWork(trainingOf(options, options.clientOptimizer)),
    finalizer: optimizerFinalizer(options.serverOptimizer),
    ...commonOf(options),
  });
}
