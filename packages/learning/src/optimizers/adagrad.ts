// Adagrad: a ← a + g², w ← w − η g / (√a + ε) (Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online
// Learning and Stochastic Optimization", JMLR 2011).
import { tf } from '@starling/compute';
import { mapTensors, type Tensors } from '../tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import type { Optimizer } from './optimizer.js';
import { checkNonNegative } from './options.js';

export interface AdagradOptions {
  readonly learningRate: LearningRate;
  /** What a starts from, at least 0; 0.1 by default. */
  readonly initialAccumulator?: number;
  /** ε, at least 0; 1e-7 by default. At the server Reddi et al. (2021) advise 1e-3. */
  readonly epsilon?: number;
}

/** Adagrad. At the server this is FedAdagrad (Reddi et al. 2021, Algorithm 2). */
export function adagrad({
  learningRate,
  initialAccumulator = 0.1,
  epsilon = 1e-7,
}: AdagradOptions): Optimizer {
  checkNonNegative('adagrad', 'initialAccumulator', initialAccumulator);
  checkNonNegative('adagrad', 'epsilon', epsilon);
  return withLearningRate('adagrad', learningRate, (rate) => ({
    init: (weights) => ({
      accumulator: mapTensors((weight) => tf.fill(weight.shape, initialAccumulator), weights),
    }),
    update: (gradients, state, weights) => {
      const accumulator = mapTensors(
        (sum, gradient) => tf.add(sum, tf.square(gradient)),
        state['accumulator'] as Tensors,
        gradients,
      );
      return {
        weights: mapTensors(
          (weight, gradient, sum) =>
            tf.sub(weight, tf.div(tf.mul(gradient, rate), tf.add(tf.sqrt(sum), epsilon))),
          weights,
          gradients,
          accumulator,
        ),
        state: { accumulator },
      };
    },
  }));
}
