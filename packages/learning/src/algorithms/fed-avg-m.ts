// FedAvgM: Hsu, Qi, Brown, "Measuring the Effects of Non-Identical Data Distribution for Federated Visual
// Classification", 2019 (arXiv:1909.06335), section 4.2: FedAvg with momentum at the server.
//
//   Δ_t = Σ p_k (w_k − w_t),  v_t = β v_{t−1} + Δ_t,  w_{t+1} = w_t + η v_t

import type { LearningProcess } from '../compose/learning-types.js';
import { type LearningRate, learningRateKind } from '../optimizers/learning-rate.js';
import { momentum } from '../optimizers/momentum.js';
import { fraction } from '../options/option-ranges.js';
import { type AlgorithmOptions, checkAlgorithm } from './algorithm-options.js';
import { fedOpt } from './fed-opt.js';

export interface FedAvgMOptions<W extends string = string> extends AlgorithmOptions<W> {
  /** η of the server; 1 by default, as in the paper. */
  readonly serverLearningRate?: LearningRate;
  /** β, from 0 to below 1; 0.9 by default. */
  readonly serverMomentum?: number;
}

/** `fedOpt` with momentum. */
export function fedAvgM<W extends string>(options: FedAvgMOptions<W>): LearningProcess<W> {
  checkAlgorithm('Cannot average with momentum', options, {
    serverLearningRate: learningRateKind,
    serverMomentum: fraction,
  });
  const { serverLearningRate = 1, serverMomentum = 0.9, ...others } = options;
  const serverOptimizer = momentum({ learningRate: serverLearningRate, momentum: serverMomentum });
  return fedOpt({ ...others, serverOptimizer });
}
