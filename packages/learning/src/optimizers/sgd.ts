// Stochastic gradient descent: w ← w − η g (Robbins, Monro, "A Stochastic Approximation Method", 1951).
import { tf } from '@starling/compute';
import { mapTensors } from '../tensors.js';
import type { Optimizer } from './optimizer.js';
import { checkNonNegative } from './options.js';

/** Plain SGD, without state. */
export function sgd({ learningRate }: { readonly learningRate: number }): Optimizer {
  checkNonNegative('sgd', 'learningRate', learningRate);
  return {
    name: 'sgd',
    init: () => ({}),
    update: (gradients, state, weights) => ({
      weights: mapTensors((weight, gradient) => step(weight, gradient, learningRate), weights, gradients),
      state,
    }),
  };
}

function step(weight: tf.Tensor, gradient: tf.Tensor, learningRate: number): tf.Tensor {
  return tf.sub(weight, learningRate === 1 ? gradient : tf.mul(gradient, learningRate));
}
