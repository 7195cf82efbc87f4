// Gradient clipping by the norm of all gradients together (Pascanu, Mikolov, Bengio, "On the difficulty of training
// recurrent neural networks", ICML 2013, Algorithm 1).
import { tf } from '@starling/compute';
import { mapTensors } from '../tensors.js';
import type { Optimizer } from './optimizer.js';
import { checkNonNegative } from './options.js';

/** `optimizer` on gradients scaled down together to an L2 norm of at most `clipNorm`. */
export function clippedByNorm(optimizer: Optimizer, { clipNorm }: { readonly clipNorm: number }): Optimizer {
  checkNonNegative('clippedByNorm', 'clipNorm', clipNorm);
  return {
    name: `${optimizer.name} clipped by norm`,
    init: optimizer.init,
    update: (gradients, state, weights) => {
      const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
      const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
      // A norm of 0 stays 0: the maximum keeps it out of the denominator.
      const scale = tf.div(clipNorm, tf.maximum(norm, clipNorm || 1));
      return optimizer.update(
        mapTensors((gradient) => tf.mul(gradient, scale), gradients),
        state,
        weights,
      );
    },
  };
}
