// A trained model for others: as ONNX, and as tf.js layers; and weights that come from such a model.
import { localComputation, type tfl } from '@starling/compute';
import { exportOnnx } from '@starling/compute/graph';
import type { Tensor, Type } from '@starling/federated-core';
import { checkOptions, numberWithin, optionError } from '@starling/federated-core/plan';
import { namedVariables } from '../layers/layer-variables.js';
import { checkWeights } from '../model/check-weights.js';
import type { Batch, Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';

export interface OnnxModelOptions {
  /** Examples that the model takes at once: shapes are fixed. From 1; default 1. */
  readonly batchSize?: number;
}

/**
 * The bytes of an ONNX model that gives `outputs` for a batch of examples. Its inputs are the fields of an example,
 * such as `x`, with a batch axis in front; its initializers have the names of the weights. Throws a `RangeError` if the
 * weights are not those of the model, or it says no outputs, and as lowering does for what ONNX cannot express.
 */
export function modelToOnnx(
  model: Model,
  weights: { readonly [name: string]: Tensor },
  options: OnnxModelOptions = {},
): Uint8Array {
  const action = `Cannot export ${model.name}`;
  checkOptions(action, options, { batchSize: numberWithin({ whole: true, from: 1 }) });
  checkWeights(action, model, weights);
  const { outputs } = model;
  if (outputs === undefined) {
    throw optionError(
      `${action}: need a model that says its outputs, got none. Give functionModel outputs: (weights, batch) => …`,
    );
  }
  const local = localComputation(
    { weights: model.weights as Type, examples: batchOf(model.example, options.batchSize ?? 1) },
    ({ weights, examples }) => outputs(weights as Tensors, examples as Batch),
    { name: `${model.name} outputs` },
  );
  return exportOnnx(local, {
    constants: new Map(Object.entries(weights).map(([name, value]) => [`weights.${name}`, value])),
    nameOf: (leaf) => (leaf === 'value' ? 'outputs' : leaf.replace(/^(?:weights|examples)\./, '')),
  });
}

/** The tf.js model of a `layersModel`, with these weights. Throws a `RangeError` for others. */
export function modelToLayers(model: Model, weights: { readonly [name: string]: Tensor }): tfl.LayersModel {
  const action = `Cannot export ${model.name}`;
  checkWeights(action, model, weights);
  if (model.layers === undefined) {
    throw optionError(`${action}: need a model of tf.js layers, got one of a function`);
  }
  return model.layers(weights);
}

/** The weights of a tf.js model, by the names that `layersModel` gives them. */
export function weightsOfLayers(layers: tfl.LayersModel): { readonly [name: string]: Tensor<'float32'> } {
  return Object.fromEntries(
    [...namedVariables(layers)].map(([name, variable]) => {
      const value = variable.read();
      return [name, { dtype: 'float32', shape: [...value.shape], data: Float32Array.from(value.dataSync()) }];
    }),
  );
}

/** The type of `size` examples at once. */
function batchOf(type: Type, size: number): Type {
  if (type.kind === 'tensor') return { ...type, shape: [size, ...type.shape] };
  if (type.kind !== 'struct')
    throw optionError(`Cannot export a model of examples that are no tensors, got a ${type.kind}`);
  const { elements } = type;
  const inner = Array.isArray(elements)
    ? elements.map((each: Type) => batchOf(each, size))
    : Object.fromEntries(Object.entries(elements).map(([name, each]) => [name, batchOf(each as Type, size)]));
  return { ...type, elements: inner };
}
