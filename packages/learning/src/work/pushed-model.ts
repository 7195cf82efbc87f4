// A model whose gradients are pushed: for algorithms whose clients add to each gradient what they are sent, or keep.
// The push is trained as the gradient of a linear penalty, push · w, which no reported loss has.
import { tf } from '@starling/compute';
import { type StructType, struct, type TensorType } from '@starling/federated-core';
import type { Model } from '../model/model.js';
import { pickTensors, type Tensors } from '../tensors/tensors.js';

type Float32s = StructType<{ readonly [weight: string]: TensorType<'float32'> }>;

/** Of all weights. */
export const namesOf = (model: Model): readonly string[] => Object.keys(model.initialWeights);

/** The types of the weights that are trained. */
export function trainedTypes(model: Model): Float32s {
  const types = model.weights.elements as Float32s['elements'];
  return struct(Object.fromEntries(model.trainable.map((name) => [name, types[name]!]))) as Float32s;
}

/** Zeros in the shapes of these. */
export function zeroTrained(model: Model) {
  const zeroOf = (name: string) => {
    const { dtype, shape, data } = model.initialWeights[name]!;
    return { dtype, shape, data: new Float32Array(data.length) };
  };
  return Object.fromEntries(model.trainable.map((name) => [name, zeroOf(name)]));
}

const PUSH = 'push_';
/** Under the names that they have among the weights of `pushed`. */
export const pushes = (drift: Tensors): Tensors =>
  Object.fromEntries(Object.entries(drift).map(([name, tensor]) => [`${PUSH}${name}`, tensor]));

/** The model with weights that are not trained, `push_…`: each is added to the gradient of the weight that it names. */
export function pushed(model: Model): Model {
  const types = trainedTypes(model).elements;
  const added = model.trainable.map((name) => [`${PUSH}${name}`, types[name]!] as const);
  const initial = Object.entries(zeroTrained(model)).map(([name, zero]) => [`${PUSH}${name}`, zero] as const);
  return {
    ...model,
    weights: struct({ ...(model.weights.elements as Float32s['elements']), ...Object.fromEntries(added) }),
    initialWeights: { ...model.initialWeights, ...Object.fromEntries(initial) },
    forward: (weights, batch, options) => {
      const pass = model.forward(pickTensors(weights, namesOf(model)), batch, options);
      if (!options.training) return pass;
      const terms = model.trainable.map((name) => tf.sum(tf.mul(weights[name]!, weights[`${PUSH}${name}`]!)));
      const pull = terms.reduce((sum, term) => tf.add(sum, term));
      return { ...pass, penalty: pass.penalty === undefined ? pull : tf.add(pass.penalty, pull) };
    },
    constrain: (weights) => ({ ...weights, ...model.constrain(pickTensors(weights, model.trainable)) }),
  } as Model;
}
