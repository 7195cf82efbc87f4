// Adam (Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1), and the step that AdamW
// shares with it. The powers β1^t and β2^t are kept as running products. Without the correction of the bias it is
// FedAdam (Reddi et al., "Adaptive Federated Optimization", ICLR 2021, Algorithm 2).
import { tf } from '@starling/compute';
import { checkOptions, kinds, optionError } from '@starling/federated-core/plan';
import { fraction, nonNegative } from '../options/option-ranges.js';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import { movingMean, movingMeanSquare } from './moving-mean.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

export interface AdamOptions {
  /** η; 0.001 by default. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean gradient, from 0 to below 1; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean square gradient, from 0 to below 1; 0.999 by default. */
  readonly beta2?: number;
  /**
   * ε, at least 0; 1e-7 by default. At the server Reddi et al. (2021) advise 1e-3. At 0 an element whose
   * gradients have all been 0 becomes NaN, unless its accumulator starts above 0.
   */
  readonly epsilon?: number;
  /**
   * Whether m and v are divided by 1 − β1^t and 1 − β2^t, which takes out that they start from constants; true by
   * default, as in Kingma and Ba. FedAdam has no correction.
   */
  readonly biasCorrection?: boolean;
  /**
   * What v starts from, at least 0; 0 by default. Above 0 needs `biasCorrection: false`, since the correction expects
   * 0.
   */
  readonly initialAccumulator?: number;
}

/** The checks of `AdamOptions`; `withLearningRate` has that of the rate. */
export const ADAM_OPTIONS = {
  learningRate: true,
  beta1: fraction,
  beta2: fraction,
  epsilon: nonNegative,
  biasCorrection: kinds.flag,
  initialAccumulator: nonNegative,
} as const;

/**
 * m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g², w ← w − η (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε). Without
 * `biasCorrection`: w ← w − η m / (√v + ε), which at the server is FedAdam when v starts from ε²:
 * `adam({ learningRate, beta2: 0.99, epsilon: 1e-3, biasCorrection: false, initialAccumulator: 1e-6 })`.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions('Cannot make adam', options, ADAM_OPTIONS);
  return adamWithDecay('adam', options, 0);
}

/** Adam whose weights also shrink by η λ w a step, outside the gradient; of options that are checked. */
export function adamWithDecay(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const { biasCorrection = true, initialAccumulator = 0 } = options;
  if (biasCorrection && initialAccumulator > 0) {
    throw optionError(
      `Cannot make ${name}: initialAccumulator must be 0 with biasCorrection, got ${initialAccumulator}`,
    );
  }
  return withLearningRate(name, learningRate, (rate) => ({
    init: (weights): OptimizerState => ({
      mean: mapTensors(tf.zerosLike, weights),
      meanSquare: mapTensors((weight) => tf.fill(weight.shape, initialAccumulator), weights),
      ...(biasCorrection ? { beta1Power: tf.scalar(1), beta2Power: tf.scalar(1) } : {}),
    }),
    update: (gradients, state, weights) => {
      const mean = movingMean(state['mean'] as Tensors, gradients, beta1);
      const meanSquare = movingMeanSquare(state['meanSquare'] as Tensors, gradients, beta2);
      const { powers, correctedRate, squareScale } = biasCorrection
        ? correction(state, rate, beta1, beta2)
        : { powers: {}, correctedRate: rate, squareScale: null };
      const moved = mapTensors(
        (weight, m, v) => {
          const root = squareScale === null ? tf.sqrt(v) : tf.div(tf.sqrt(v), squareScale);
          const change = tf.div(tf.mul(m, correctedRate), tf.add(root, epsilon));
          const kept = weightDecay === 0 ? weight : tf.mul(weight, shrunk(rate, weightDecay));
          return tf.sub(kept, change);
        },
        weights,
        mean,
        meanSquare,
      );
      return { weights: moved, state: { mean, meanSquare, ...powers } };
    },
  }));
}

/** β1^t and β2^t as the next state has them; η / (1 − β1^t) and √(1 − β2^t). */
function correction(state: OptimizerState, rate: number | tf.Tensor, beta1: number, beta2: number) {
  const beta1Power = tf.mul(state['beta1Power'] as tf.Tensor, beta1);
  const beta2Power = tf.mul(state['beta2Power'] as tf.Tensor, beta2);
  return {
    powers: { beta1Power, beta2Power },
    correctedRate: tf.div(rate, tf.sub(1, beta1Power)),
    squareScale: tf.sqrt(tf.sub(1, beta2Power)),
  };
}

/** 1 − η λ. */
function shrunk(rate: number | tf.Tensor, weightDecay: number): number | tf.Tensor {
  return typeof rate === 'number' ? 1 - rate * weightDecay : tf.sub(1, tf.mul(rate, weightDecay));
}
