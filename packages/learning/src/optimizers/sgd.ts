// Stochastic gradient descent: w ← w − η g (Robbins, Monro, "A Stochastic Approximation Method", 1951).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { mapTensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import type { Optimizer } from './optimizer.js';

/** Plain SGD, without state. */
export function sgd(options: { readonly learningRate: LearningRate }): Optimizer {
  checkOptions('Cannot make sgd', options, { learningRate: true }, ELSEWHERE);
  const { learningRate } = options;
  return withLearningRate('sgd', learningRate, (rate) => ({
    init: () => ({}),
    update: (gradients, state, weights) => ({
      weights: mapTensors((weight, gradient) => step(weight, gradient, rate), weights, gradients),
      state,
    }),
  }));
}

/** Options that sgd of other libraries has. */
const ELSEWHERE = {
  momentum: 'Write momentum({ learningRate, momentum })',
  nesterov: 'Write nesterov({ learningRate, momentum })',
  weightDecay: 'Write adamW({ learningRate, weightDecay }), or give layers a kernelRegularizer',
  weight_decay: 'Write adamW({ learningRate, weightDecay }), or give layers a kernelRegularizer',
  decay: 'Give a schedule for learningRate, such as exponentialDecay({ … })',
} as const;

function step(weight: tf.Tensor, gradient: tf.Tensor, rate: number | tf.Tensor): tf.Tensor {
  return tf.sub(weight, rate === 1 ? gradient : tf.mul(gradient, rate));
}
