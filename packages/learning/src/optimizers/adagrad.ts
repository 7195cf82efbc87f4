// Adagrad: a ← a + g², w ← w − η g / (√a + ε) (Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning
// and Stochastic Optimization", JMLR 2011). With a decaying mean m in the place of g it is FedAdagrad (Reddi et al.,
// "Adaptive Federated Optimization", ICLR 2021, Algorithm 2).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { fraction, nonNegative } from '../options/option-ranges.js';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import { movingMean } from './moving-mean.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

export interface AdagradOptions {
  readonly learningRate: LearningRate;
  /** What a starts from, at least 0; 0.1 by default. */
  readonly initialAccumulator?: number;
  /**
   * ε, at least 0; 1e-7 by default. At the server Reddi et al. (2021) advise 1e-3. At 0 an element whose
   * gradients have all been 0 becomes NaN, unless its accumulator starts above 0.
   */
  readonly epsilon?: number;
  /**
   * β1, decay of the mean gradient m ← β1 m + (1 − β1) g, which steps in the place of g; 0, that is m = g, by default.
   */
  readonly beta1?: number;
}

/**
 * Adagrad. At the server this is FedAdagrad (Reddi et al. 2021, Algorithm 2) when a starts from ε²:
 * `adagrad({ learningRate, epsilon: 1e-3, initialAccumulator: 1e-6 })`.
 */
export function adagrad(options: AdagradOptions): Optimizer {
  checkOptions('Cannot make adagrad', options, {
    learningRate: true,
    initialAccumulator: nonNegative,
    epsilon: nonNegative,
    beta1: fraction,
  });
  const { learningRate, initialAccumulator = 0.1, epsilon = 1e-7, beta1 = 0 } = options;
  return withLearningRate('adagrad', learningRate, (rate) => ({
    init: (weights): OptimizerState => ({
      accumulator: mapTensors((weight) => tf.fill(weight.shape, initialAccumulator), weights),
      ...(beta1 === 0 ? {} : { mean: mapTensors(tf.zerosLike, weights) }),
    }),
    update: (gradients, state, weights) => {
      const accumulator = mapTensors(
        (sum, gradient) => tf.add(sum, tf.square(gradient)),
        state['accumulator'] as Tensors,
        gradients,
      );
      const mean = beta1 === 0 ? gradients : movingMean(state['mean'] as Tensors, gradients, beta1);
      return {
        weights: mapTensors(
          (weight, m, sum) => tf.sub(weight, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(sum), epsilon))),
          weights,
          mean,
          accumulator,
        ),
        state: { accumulator, ...(beta1 === 0 ? {} : { mean }) },
      };
    },
  }));
}
