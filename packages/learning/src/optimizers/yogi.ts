// Yogi: Adam whose mean square moves by at most (1 − β2) g² a step (Zaheer, Reddi, Sachan, Kale, Kumar, "Adaptive
// Methods for Nonconvex Optimization", NeurIPS 2018, Algorithm 2).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { fraction, nonNegative } from '../options/option-ranges.js';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import { movingMean } from './moving-mean.js';
import type { Optimizer } from './optimizer.js';

export interface YogiOptions {
  /** η; 0.01 by default. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean gradient, from 0 to below 1; 0.9 by default. */
  readonly beta1?: number;
  /** Weight of the mean square's past, from 0 to below 1; 0.999 by default. */
  readonly beta2?: number;
  /** ε, at least 0; 0.001 by default. */
  readonly epsilon?: number;
  /** What v starts from, at least 0; 1e-6 by default, the square of the default ε. */
  readonly initialAccumulator?: number;
}

/**
 * m ← β1 m + (1 − β1) g, v ← v − (1 − β2) sign(v − g²) g², w ← w − η m / (√v + ε). There is no correction of the bias.
 * At the server this is FedYogi (Reddi et al. 2021, Algorithm 2) when v starts from ε², as it does by default: `yogi({
 * learningRate, beta2: 0.99 })`.
 */
export function yogi(options: YogiOptions = {}): Optimizer {
  checkOptions('Cannot make yogi', options, {
    learningRate: true,
    beta1: fraction,
    beta2: fraction,
    epsilon: nonNegative,
    initialAccumulator: nonNegative,
  });
  const {
    learningRate = 0.01,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 0.001,
    initialAccumulator = 1e-6,
  } = options;
  return withLearningRate('yogi', learningRate, (rate) => ({
    init: (weights) => ({
      mean: mapTensors(tf.zerosLike, weights),
      meanSquare: mapTensors((weight) => tf.fill(weight.shape, initialAccumulator), weights),
    }),
    update: (gradients, state, weights) => {
      const mean = movingMean(state['mean'] as Tensors, gradients, beta1);
      const meanSquare = mapTensors(
        (v, gradient) => {
          const square = tf.square(gradient);
          return tf.sub(v, tf.mul(tf.mul(tf.sign(tf.sub(v, square)), square), 1 - beta2));
        },
        state['meanSquare'] as Tensors,
        gradients,
      );
      return {
        weights: mapTensors(
          (weight, m, v) => tf.sub(weight, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), epsilon))),
          weights,
          mean,
          meanSquare,
        ),
        state: { mean, meanSquare },
      };
    },
  }));
}
