// Gradient clipping element by element.
import { tf } from '@starling/compute';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { mapTensors } from '../tensors/tensors.js';
import type { Optimizer } from './optimizer.js';
import { optimizerKind } from './optimizer-kind.js';

/** `optimizer` on gradients whose elements are brought into ±`clipValue`, above 0; else throws a `RangeError`. */
export function clippedByValue(optimizer: Optimizer, options: { readonly clipValue: number }): Optimizer {
  optimizerKind('Cannot make clippedByValue', 'the optimizer', optimizer);
  checkOptions('Cannot make clippedByValue', options, {
    clipValue: required(numberWithin({ above: 0, float32: true })),
  });
  const { clipValue } = options;
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
