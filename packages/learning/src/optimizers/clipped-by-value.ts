// Gradient clipping element by element.
import { tf } from '@starling/compute';
import { checkNonNegative } from '../options/option-ranges.js';
import { mapTensors } from '../tensors/tensors.js';
import type { Optimizer } from './optimizer.js';

/** `optimizer` on gradients whose elements are brought into [−clipValue, clipValue]. */
export function clippedByValue(
  optimizer: Optimizer,
  { clipValue }: { readonly clipValue: number },
): Optimizer {
  checkNonNegative('clippedByValue', 'clipValue', clipValue);
  return {
    name: `${optimizer.name} clipped by value`,
    init: optimizer.init,
    update: (gradients, state, weights) =>
      optimizer.update(
        mapTensors((gradient) => tf.clipByValue(gradient, -clipValue, clipValue), gradients),
        state,
        weights,
      ),
  };
}
