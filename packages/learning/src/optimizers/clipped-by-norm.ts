// Gradient clipping by the norm of all gradients together (Pascanu, Mikolov, Bengio, "On the difficulty of training
// recurrent neural networks", ICML 2013, Algorithm 1).
import { boundNorm, CLIP_NORM_RANGE } from '@starling/aggregators';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import type { Tensors } from '../tensors/tensors.js';
import type { Optimizer } from './optimizer.js';
import { optimizerKind } from './optimizer-kind.js';

/**
 * `optimizer` on gradients scaled down together to an L2 norm of at most `clipNorm`, from 1e-30 to 1e38, as of
 * `clipped`; else throws a `RangeError`.
 */
export function clippedByNorm(optimizer: Optimizer, options: { readonly clipNorm: number }): Optimizer {
  optimizerKind('Cannot make clippedByNorm', 'the optimizer', optimizer);
  checkOptions('Cannot make clippedByNorm', options, { clipNorm: required(numberWithin(CLIP_NORM_RANGE)) });
  const { clipNorm } = options;
  return {
    name: `${optimizer.name} clipped by norm`,
    init: optimizer.init,
    update: (gradients, state, weights) => {
      const { value } = boundNorm(gradients, clipNorm);
      return optimizer.update(value as Tensors, state, weights);
    },
  };
}
