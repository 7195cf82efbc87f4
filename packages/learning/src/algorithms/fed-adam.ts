// FedAdam: Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated Optimization", ICLR
// 2021, Algorithm 2. With Δ_t the mean of the clients' changes, element by element, and v_{−1} = τ²:
//
//   m_t = β1 m_{t−1} + (1 − β1) Δ_t
//   v_t = β2 v_{t−1} + (1 − β2) Δ_t²
//   w_{t+1} = w_t + η m_t / (√v_t + τ)
import type { LearningProcess } from '../compose/learning-types.js';
import { adam } from '../optimizers/adam.js';
import { type AdaptiveOptions, adaptive, checkAdaptive } from './adaptive-options.js';
import { fedOpt } from './fed-opt.js';

/** `fedOpt` with Adam as the paper has it, which does not correct the bias of m and v. */
export function fedAdam<W extends string>(options: AdaptiveOptions<W>): LearningProcess<W> {
  checkAdaptive('Cannot train by FedAdam', options);
  const { others, rates, tau } = adaptive(options);
  return fedOpt({ ...others, serverOptimizer: adam({ ...rates, ...tau, biasCorrection: false }) });
}
