// FedAdagrad: Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated Optimization", ICLR
// 2021, Algorithm 2. With Δ_t the mean of the clients' changes, element by element, and v_{−1} = τ²:
//
//   m_t = β1 m_{t−1} + (1 − β1) Δ_t
//   v_t = v_{t−1} + Δ_t²
//   w_{t+1} = w_t + η m_t / (√v_t + τ)
import type { LearningProcess } from '../compose/learning-types.js';
import { adagrad } from '../optimizers/adagrad.js';
import { type AdaptiveOptions, adaptive, checkAdaptive } from './adaptive-options.js';
import { fedOpt } from './fed-opt.js';

/** `fedOpt` with Adagrad. β1 is 0 by default, as in the paper's runs. */
export function fedAdagrad<W extends string>(options: Omit<AdaptiveOptions<W>, 'beta2'>): LearningProcess<W> {
  checkAdaptive('Cannot train by FedAdagrad', options, { hasBeta2: false });
  const { others, rates, tau } = adaptive(options);
  return fedOpt({
    ...others,
    serverOptimizer: adagrad({ learningRate: rates.learningRate, beta1: options.beta1 ?? 0, ...tau }),
  });
}
