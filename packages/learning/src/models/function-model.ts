// A model from a plain function of weights and a batch: for users who write tensors rather than layers.
import type { tf } from '@starling/compute';
import { struct, type Tensor, type TensorType, type Type, tensorType } from '@starling/federated-core';
import type { Tensors } from '../tensors/tensors.js';
import { checkInitialWeights } from './initial-weights.js';
import { checkMetricNames } from './metric-names.js';
import type { Batch, Model } from './model.js';
import { perExample, perExampleLosses } from './per-example.js';

export interface FunctionModelOptions<W extends string, B extends Batch> {
  readonly name?: string;
  readonly example: Type;
  readonly initialWeights: { readonly [K in W]: Tensor };
  /** (weights, batch) → one loss for each example, [B]: not their mean, since rows of padding must not count. */
  readonly loss: (weights: { readonly [K in W]: tf.Tensor }, batch: B) => tf.Tensor;
  /**
   * What else is measured: (weights, batch) → one number for each example, [B]; by name, which must not be `loss`,
   * `examples` or `aggregation`.
   */
  readonly metrics?: {
    readonly [name: string]: (weights: { readonly [K in W]: tf.Tensor }, batch: B) => tf.Tensor;
  };
}

/**
 * All weights are trained; they are float32. Throws a `RangeError` where an initial weight is not float32 or not
 * finite, where a metric has a reserved name, and where a loss or metric is not one number for each example.
 */
export function functionModel<W extends string, B extends Batch>(options: FunctionModelOptions<W, B>): Model {
  const { name = 'function model', example, initialWeights, loss, metrics = {} } = options;
  checkMetricNames(name, Object.keys(metrics));
  checkInitialWeights(name, initialWeights);
  const types: Record<string, TensorType> = {};
  for (const [weight, { dtype, shape }] of Object.entries<Tensor>(initialWeights)) {
    types[weight] = tensorType(dtype, shape);
  }
  return {
    name,
    example,
    weights: struct(types),
    initialWeights,
    trainable: Object.keys(types),
    metrics: Object.keys(metrics),
    forward: (weights, batch) => {
      const named = weights as { readonly [K in W]: tf.Tensor };
      const losses = perExampleLosses(name, loss(named, batch as B), batch);
      const measured: Tensors = Object.fromEntries(
        Object.entries(metrics).map(([metric, compute]) => [
          metric,
          perExample(name, `its metric '${metric}'`, compute(named, batch as B), batch),
        ]),
      );
      return { losses, metrics: measured, moved: {} };
    },
    constrain: (weights) => weights,
  };
}
