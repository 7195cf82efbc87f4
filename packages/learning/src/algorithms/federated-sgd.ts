// FedSGD: McMahan, Moore, Ramage, Hampson, Agüera y Arcas, "Communication-Efficient Learning of Deep Networks from
// Decentralized Data", AISTATS 2017, section 2: FedAvg with E = 1 and B = ∞. With n = Σ n_k over the cohort:
//
//   each client k:  g_k = ∇F_k(w_t), the gradient of the mean loss over all its examples
//   the server:     w_{t+1} ← w_t − η Σ (n_k / n) g_k, or a step of another optimizer by that gradient

import { checkOptions, required } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { sgd } from '../optimizers/sgd.js';
import type { Weighting } from '../work/local-training.js';
import { COMMON, type CommonOptions, commonOf, ELSEWHERE } from './algorithm-options.js';

export interface FederatedSgdOptions<W extends string = string> extends CommonOptions<W> {
  /** Steps at the server by the cohort's mean gradient; its state lasts. */
  readonly optimizer: Optimizer;
  /** `examples` by default. */
  readonly weighting?: Weighting;
}

/**
 * The process whose clients send one gradient a round; options and metrics as of `federatedAveraging`. Models with
 * statistics of a batch, such as batch normalisation, are refused.
 */
export function federatedSgd<W extends string>(options: FederatedSgdOptions<W>): LearningProcess<W> {
  const known = { ...COMMON, optimizer: required(optimizerKind), weighting: true } as const;
  checkOptions('Cannot descend by gradients of clients', options, known, ELSEWHERE);
  const { optimizer, weighting } = options;
  return learningProcess({
    name: 'federated SGD',
    // One step at a rate of 1 moves the weights by minus the gradient.
    clientWork: trainingWork({ optimizer: sgd({ learningRate: 1 }), batchSize: 'full', weighting }),
    finalizer: optimizerFinalizer(optimizer),
    ...commonOf(options),
  });
}
