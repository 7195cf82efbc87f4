// Adam (Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1), and the step that
// AdamW shares with it. The powers β1^t and β2^t are kept as running products.
import { tf } from '@starling/compute';
import { mapTensors, type Tensors } from '../tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import { checkFraction, checkNonNegative } from './options.js';

export interface AdamOptions {
  /** η; 0.001 by default. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean gradient, from 0 to below 1; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean square gradient, from 0 to below 1; 0.999 by default. */
  readonly beta2?: number;
  /** ε, at least 0; 1e-7 by default. At the server Reddi et al. (2021) advise 1e-3. */
  readonly epsilon?: number;
}

/** m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g², w ← w − η (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε). */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamWithDecay('adam', options, 0);
}

/** Adam whose weights also shrink by η λ w a step, outside the gradient. */
export function adamWithDecay(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  checkFraction(name, 'beta1', beta1);
  checkFraction(name, 'beta2', beta2);
  checkNonNegative(name, 'epsilon', epsilon);
  return withLearningRate(name, learningRate, (rate) => ({
    init: (weights): OptimizerState => ({
      mean: mapTensors(tf.zerosLike, weights),
      meanSquare: mapTensors(tf.zerosLike, weights),
      beta1Power: tf.scalar(1),
      beta2Power: tf.scalar(1),
    }),
    update: (gradients, state, weights) => {
      const mean = mapTensors(
        (m, gradient) => tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)),
        state['mean'] as Tensors,
        gradients,
      );
      const meanSquare = mapTensors(
        (v, gradient) => tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)),
        state['meanSquare'] as Tensors,
        gradients,
      );
      const beta1Power = tf.mul(state['beta1Power'] as tf.Tensor, beta1);
      const beta2Power = tf.mul(state['beta2Power'] as tf.Tensor, beta2);
      const correctedRate = tf.div(rate, tf.sub(1, beta1Power));
      const squareScale = tf.sqrt(tf.sub(1, beta2Power));
      const moved = mapTensors(
        (weight, m, v) => {
          const change = tf.div(tf.mul(m, correctedRate), tf.add(tf.div(tf.sqrt(v), squareScale), epsilon));
          const kept = weightDecay === 0 ? weight : tf.mul(weight, shrunk(rate, weightDecay));
          return tf.sub(kept, change);
        },
        weights,
        mean,
        meanSquare,
      );
      return { weights: moved, state: { mean, meanSquare, beta1Power, beta2Power } };
    },
  }));
}

/** 1 − η λ. */
function shrunk(rate: number | tf.Tensor, weightDecay: number): number | tf.Tensor {
  return typeof rate === 'number' ? 1 - rate * weightDecay : tf.sub(1, tf.mul(rate, weightDecay));
}
