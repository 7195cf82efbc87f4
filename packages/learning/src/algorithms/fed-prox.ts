// FedProx: Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, "Federated Optimization in Heterogeneous Networks", MLSys 2020,
// Algorithm 2: FedAvg whose clients minimise, as far as each can, equation 2:
//
//   h_k(w; w_t) = F_k(w) + μ/2 ‖w − w_t‖², so that each gradient gains μ (w − w_t)
//
// A client that stops early (`epochs` may be a function that each client calls) still sends what it has.
import { proximalWork } from '../client-work/proximal-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface FedProxOptions<W extends string = string> extends AlgorithmOptions<W> {
  /** μ, at least 0. */
  readonly proximalStrength: number;
}

/** `federatedAveraging` with a proximal term; at a strength of 0 it is the same. */
export function fedProx<W extends string>(options: FedProxOptions<W>): LearningProcess<W> {
  checkAlgorithm(
    'Cannot average by FedProx',
    options,
    { proximalStrength: true },
    { mu: 'It is called proximalStrength here' },
  );
  const { proximalStrength } = options;
  return learningProcess({
    name: 'FedProx',
    clientWork: proximalWork({ ...trainingOf(options, options.clientOptimizer), proximalStrength }),
    ...commonOf(options),
  });
}
