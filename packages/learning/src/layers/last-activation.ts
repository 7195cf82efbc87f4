// What the last layer of a tf.js model ends with: whether its outputs are logits or probabilities, which a loss must
// know.
import type { tfl } from '@starling/compute';
import type { LastActivation } from '../losses/losses-by-name.js';

/** Layers that only move numbers. */
const MOVERS = new Set(['Flatten', 'Reshape', 'Permute', 'Dropout']);

/** `null` for logits, and for any activation that gives no probabilities. */
export function lastActivation(model: tfl.LayersModel): LastActivation {
  const name = lastActivationName(model);
  return name === 'softmax' || name === 'sigmoid' ? name : null;
}

/** The activation's name in tf.js, such as `relu`; `null` if the last layer has none. */
export function lastActivationName(model: tfl.LayersModel): string | null {
  const { outputLayers, layers } = model as unknown as Shown;
  const named =
    outputLayers?.length === 1 && !MOVERS.has(outputLayers[0]!.getClassName()) ? outputLayers[0] : null;
  const last = named ?? layers.findLast((layer) => !MOVERS.has(layer.getClassName()));
  if (last === undefined) return null;
  if (last.layers !== undefined) return lastActivationName(last as unknown as tfl.LayersModel);
  return LAYERS.get(last.getClassName()) ?? last.activation?.getClassName() ?? null;
}

/** Activations that are layers of their own. */
const LAYERS = new Map([
  ['Softmax', 'softmax'],
  ['ReLU', 'relu'],
]);

interface Shown {
  readonly outputLayers?: readonly ShownLayer[];
  readonly layers: readonly ShownLayer[];
}

/** What layers have that the types of tf.js keep to themselves. */
interface ShownLayer {
  getClassName(): string;
  readonly activation?: { getClassName(): string };
  readonly layers?: readonly ShownLayer[];
}
