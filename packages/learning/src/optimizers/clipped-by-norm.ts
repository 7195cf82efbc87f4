// Gradient clipping by the norm of all gradients together (Pascanu, Mikolov, Bengio, "On the difficulty of training
// recurrent neural networks", ICML 2013, Algorithm 1).
import { boundNorm } from '@starling/aggregators';
import { checkNonNegative } from '../options/option-ranges.js';
import type { Tensors } from '../tensors/tensors.js';
import type { Optimizer } from './optimizer.js';

/** `optimizer` on gradients scaled down together to an L2 norm of at most `clipNorm`. */
export function clippedByNorm(optimizer: Optimizer, { clipNorm }: { readonly clipNorm: number }): Optimizer {
  checkNonNegative('clippedByNorm', 'clipNorm', clipNorm);
  return {
    name: `${optimizer.name} clipped by norm`,
    init: optimizer.init,
    update: (gradients, state, weights) => {
      const { value } = boundNorm(gradients, clipNorm);
      return optimizer.update(value as Tensors, state, weights);
    },
  };
}
