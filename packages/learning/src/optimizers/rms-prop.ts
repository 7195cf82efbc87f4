// RMSProp: v ← ρ v + (1 − ρ) g², w ← w − η g / (√v + ε) (Tieleman, Hinton, "Lecture 6.5: rmsprop", Coursera 2012).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { fraction, nonNegative } from '../options/option-ranges.js';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import { movingMeanSquare } from './moving-mean.js';
import type { Optimizer } from './optimizer.js';

export interface RmsPropOptions {
  readonly learningRate: LearningRate;
  /** ρ, from 0 to below 1; 0.9 by default. */
  readonly decay?: number;
  /**
   * ε, at least 0; 1e-7 by default. At 0 an element whose gradients have all been 0 becomes NaN.
   */
  readonly epsilon?: number;
}

/** RMSProp, uncentred and without momentum. */
export function rmsProp(options: RmsPropOptions): Optimizer {
  checkOptions('Cannot make rmsProp', options, { learningRate: true, decay: fraction, epsilon: nonNegative });
  const { learningRate, decay = 0.9, epsilon = 1e-7 } = options;
  return withLearningRate('rmsProp', learningRate, (rate) => ({
    init: (weights) => ({ meanSquare: mapTensors(tf.zerosLike, weights) }),
    update: (gradients, state, weights) => {
      const meanSquare = movingMeanSquare(state['meanSquare'] as Tensors, gradients, decay);
      return {
        weights: mapTensors(
          (weight, gradient, mean) =>
            tf.sub(weight, tf.div(tf.mul(gradient, rate), tf.add(tf.sqrt(mean), epsilon))),
          weights,
          gradients,
          meanSquare,
        ),
        state: { meanSquare },
      };
    },
  }));
}
