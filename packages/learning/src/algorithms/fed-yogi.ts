// FedYogi: Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated Optimization", ICLR
// 2021, Algorithm 2. With Δ_t the mean of the clients' changes, element by element, and v_{−1} = τ²:
//
//   m_t = β1 m_{t−1} + (1 − β1) Δ_t
//   v_t = v_{t−1} − (1 − β2) Δ_t² sign(v_{t−1} − Δ_t²)
//   w_{t+1} = w_t + η m_t / (√v_t + τ)
import type { LearningProcess } from '../compose/learning-types.js';
import { yogi } from '../optimizers/yogi.js';
import { type AdaptiveOptions, adaptive, checkAdaptive } from './adaptive-options.js';
import { fedOpt } from './fed-opt.js';

/** `fedOpt` with Yogi. */
export function fedYogi<W extends string>(options: AdaptiveOptions<W>): LearningProcess<W> {
  checkAdaptive('Cannot train by FedYogi', options);
  const { others, rates, tau } = adaptive(options);
  return fedOpt({ ...others, serverOptimizer: yogi({ ...rates, ...tau }) });
}
