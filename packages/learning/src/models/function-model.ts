// A model from a plain function of weights and a batch: for users who write tensors rather than layers.
import { tf } from '@starling/compute';
import { float32, struct, type Tensor, type TensorType, type Type } from '@starling/federated-core';
import {
  checkOptions,
  copyTensor,
  dataKinds,
  kinds,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { askTensor, formatBatch, metricsKind } from '../model/ask-tensor.js';
import { checkForward } from '../model/check-forward.js';
import { checkIndependentRows, exampleBatch, fraction } from '../model/independent-rows.js';
import { checkInitialWeights } from '../model/initial-weights.js';
import { type Measure, measure, numberPerRow, sumMetricsOf } from '../model/measure.js';
import { checkMetricNames } from '../model/metric-names.js';
import type { Batch, Model } from '../model/model.js';
import { withoutHabits } from '../model/model-kind.js';
import { perExampleLosses } from '../model/per-example.js';
import { warnOfNoGradient } from '../model/useful-gradients.js';
import type { Tensors } from '../tensors/tensors.js';

export interface FunctionModelOptions<W extends string, B extends Batch> {
  readonly name?: string;
  readonly example: Type;
  readonly initialWeights: { readonly [K in W]: Tensor };
  /** (weights, batch) → one loss for each example, [B]: not their mean, since rows of padding must not count. */
  readonly loss: (weights: { readonly [K in W]: tf.Tensor }, batch: B) => tf.Tensor;
  /** What it gives for a batch, before the loss, [B, …]: what is exported. Default: nothing. */
  readonly outputs?: (weights: { readonly [K in W]: tf.Tensor }, batch: B) => tf.Tensor;
  /**
   * What else is measured: (weights, batch) → one number for each example, [B], or a metric of sums by `metricOn`; by
   * name, which must not be `loss`, `examples` or `aggregation`.
   */
  readonly metrics?: {
    readonly [name: string]: Measure<readonly [weights: { readonly [K in W]: tf.Tensor }, batch: B]>;
  };
}

/**
 * All weights are trained; they are float32. Throws a `RangeError` if an initial weight is not float32 or not finite,
 * where a metric has a reserved name, and where a loss or metric is not one number for each example, whatever the
 * others of its batch: for that each is called on made-up examples and weights, if it can be. Initial weights are
 * copied.
 */
export function functionModel<W extends string, B extends Batch>(
  options: FunctionModelOptions<W, B>,
): Model<W> {
  checkOptions('Cannot make a function model', options, {
    name: kinds.text,
    example: required(dataKinds.type),
    initialWeights: required(kinds.record),
    loss: required(kinds.callable),
    outputs: kinds.callable,
    metrics: metricsKind,
  });
  const { name = 'function model', example, loss, outputs, metrics = {} } = options;
  const action = `Cannot make ${name}`;
  checkMetricNames(name, Object.keys(metrics));
  const given: { readonly [name: string]: Tensor } = options.initialWeights;
  checkInitialWeights(name, given);
  if (Object.keys(given).length === 0) {
    throw optionError(`${action}: initialWeights must have a weight, got none`);
  }
  // A copy: what the caller writes into its arrays later is not checked.
  const initialWeights = Object.fromEntries(
    Object.entries(given).map(([weight, value]) => [weight, copyTensor(value)]),
  );
  const types: Record<string, TensorType<'float32'>> = {};
  for (const [weight, { shape }] of Object.entries(initialWeights)) types[weight] = float32(...shape);
  checkRows('its loss', loss);
  for (const [metric, compute] of Object.entries(metrics))
    checkRows(`its metric '${metric}'`, numberPerRow(compute));
  const model: Model = {
    name,
    example,
    weights: struct(types),
    initialWeights,
    trainable: Object.keys(types),
    metrics: Object.keys(metrics),
    ...sumMetricsOf(metrics),
    forward: (weights, batch) => {
      const named = weights as { readonly [K in W]: tf.Tensor };
      const given = `weights ${formatBatch(weights)} and examples ${formatBatch(batch)}`;
      const ask = (what: string, compute: FunctionModelOptions<W, B>['loss']): tf.Tensor =>
        askTensor(action, what, given, () => compute(named, batch as B));
      const losses = perExampleLosses(name, ask('its loss', loss), batch);
      return { losses, ...measure(name, metrics, batch, ask), moved: {} };
    },
    ...(outputs !== undefined && {
      outputs: (weights: Tensors, batch: Batch) =>
        askTensor(
          action,
          'outputs',
          `weights ${formatBatch(weights)} and examples ${formatBatch(batch)}`,
          () => outputs(weights as { readonly [K in W]: tf.Tensor }, batch as B),
        ),
    }),
    constrain: (weights) => weights,
  };
  checkForward(model);
  warnOfNoGradient(
    name,
    'the weights',
    (...at) =>
      loss(
        Object.fromEntries(at.map((weight, index) => [model.trainable[index], weight])) as {
          readonly [K in W]: tf.Tensor;
        },
        exampleBatch(example, [0, 1, 2]) as B,
      ),
    Object.values(exampleWeights(initialWeights)) as tf.Tensor[],
  );
  return withoutHabits(model as Model<W>);

  function checkRows(what: string, compute: FunctionModelOptions<W, B>['loss']): void {
    const onRows = (rows: readonly number[]): tf.Tensor =>
      compute(
        exampleWeights(initialWeights) as { readonly [K in W]: tf.Tensor },
        exampleBatch(example, rows) as B,
      );
    const advice =
      'tf.js broadcasts [B] and [B, 1] to [B, B]: reshape one to the other, and take means over the axes of an example alone';
    checkIndependentRows(name, what, onRows, advice);
  }
}

/** Small weights other than the initial ones, which may be zeros and so hide what examples do to each other. */
function exampleWeights(weights: { readonly [name: string]: Tensor }): Tensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      tf.tensor(
        Float32Array.from(data as Float32Array, (_, at) => fraction(at) - 0.25),
        [...shape],
      ),
    ]),
  );
}
