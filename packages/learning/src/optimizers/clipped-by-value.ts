// Gradient clipping element by element.
import { tf } from '@starling/compute';
import { checkNumber, checkOptions } from '@starling/federated-core/plan';
import { mapTensors } from '../tensors/tensors.js';
import type { Optimizer } from './optimizer.js';

/** `optimizer` on gradients whose elements are brought into ±`clipValue`, above 0; else throws a `RangeError`. */
export function clippedByValue(optimizer: Optimizer, options: { readonly clipValue: number }): Optimizer {
  checkOptions('Cannot make clippedByValue', options, { clipValue: true });
  const { clipValue } = options;
  checkNumber('Cannot make clippedByValue', 'clipValue', clipValue, { above: 0 });
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
