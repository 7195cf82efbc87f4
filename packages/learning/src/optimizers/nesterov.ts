// Nesterov's accelerated gradient: v ← μ v + g, w ← w − η (g + μ v) (Nesterov 1983; in the form of Sutskever,
// Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013, where the
// weights kept are those of the look-ahead).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { withLearningRate } from './learning-rate.js';
import { MOMENTUM_OPTIONS, type MomentumOptions, movedVelocity } from './momentum.js';
import type { Optimizer } from './optimizer.js';

/** Nesterov momentum; μ is 0.9 by default. */
export function nesterov(options: MomentumOptions): Optimizer {
  checkOptions('Cannot make nesterov', options, MOMENTUM_OPTIONS);
  const { learningRate, momentum: decay = 0.9 } = options;
  return withLearningRate('nesterov', learningRate, (rate) => ({
    init: (weights) => ({ velocity: mapTensors(tf.zerosLike, weights) }),
    update: (gradients, state, weights) => {
      const velocity = movedVelocity(state['velocity'] as Tensors, gradients, decay);
      return {
        weights: mapTensors(
          (weight, gradient, v) => tf.sub(weight, tf.mul(tf.add(gradient, tf.mul(v, decay)), rate)),
          weights,
          gradients,
          velocity,
        ),
        state: { velocity },
      };
    },
  }));
}
