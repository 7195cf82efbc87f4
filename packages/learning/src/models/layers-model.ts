// A model from tf.js layers. Its variables stay outside: while a forward pass is traced, each variable reads the
// tensor it is given, so that the pass is a pure function of weights.

import { tf, type tfl } from '@starling/compute';
import {
  deriveSeed,
  float32,
  generator,
  type Seed,
  seedFrom,
  struct,
  type Tensor,
  type Type,
  tensor,
} from '@starling/federated-core';
import { checkOptions } from '@starling/federated-core/plan';
import type { Loss } from '../losses/loss.js';
import type { Metric } from '../metrics/metric.js';
import { type DeferredModel, withDeferredWeights } from './deferred-weights.js';
import { checkIndependentRows, exampleBatch, exampleTensor } from './independent-rows.js';
import { initialValues } from './initial-values.js';
import { checkInitialWeights } from './initial-weights.js';
import { withStandIns } from './layer-stand-ins.js';
import { type NamedVariables, namedVariables, withWeights } from './layer-variables.js';
import { maskedBatchNormalization } from './masked-batch-normalization.js';
import { checkMetricNames } from './metric-names.js';
import type { Batch, Model } from './model.js';
import { noiseLayers } from './noise-layers.js';
import { perExample, perExampleLosses } from './per-example.js';
import { withLabels } from './tfjs-metrics.js';

export interface LayersModelOptions {
  readonly name?: string;
  readonly example: Type;
  readonly loss: Loss;
  /** Measured next to the loss, by name, which must not be `loss`, `examples` or `aggregation`; nothing by default. */
  readonly metrics?: { readonly [name: string]: Metric };
  /** What enters the first layer; `batch.x` as float32 by default. */
  readonly features?: (batch: never) => tf.Tensor;
  /**
   * What the loss compares with; `batch.y` by default. Functions of `tfl.metrics` need it in the shape of the outputs.
   */
  readonly labels?: (batch: never) => tf.Tensor;
  /** Decides the initial weights; `seedFrom(0)` by default. */
  readonly seed?: Seed;
  /** Starts from the weights that `build` gives, such as those of a loaded model; false by default. */
  readonly pretrained?: boolean;
}

const trainingStandIns = { BatchNormalization: maskedBatchNormalization, ...noiseLayers };

/**
 * The model that `build` makes with tf.js layers (`tfl.sequential`, `tfl.model`), all of them new, the first with an
 * `inputShape`. Weights are named by the kind of layer, its number among its kind, and the weight: `dense_1_kernel`.
 * Regularisers, constraints, batch normalisation and dropout work as in tf.js; compile, optimizer and fit are not used.
 * Throws a `RangeError` if a metric has a reserved name, an initial weight is not finite, or the loss or a metric gives
 * an example a number that depends on the others of its batch.
 */
export function layersModel(build: () => tfl.LayersModel, options: LayersModelOptions): Model {
  checkOptions('Cannot make a model of layers', options, {
    name: true,
    example: true,
    loss: true,
    metrics: true,
    features: true,
    labels: true,
    seed: true,
    pretrained: true,
  });
  const { name = 'layers model', example, loss, metrics = {}, seed = seedFrom(0) } = options;
  checkMetricNames(name, Object.keys(metrics));
  const features = (options.features ?? defaultFeatures) as (batch: Batch) => tf.Tensor;
  const labels = (options.labels ?? defaultLabels) as (batch: Batch) => tf.Tensor;
  const { model: layers, initializers } = options.pretrained
    ? { model: build(), initializers: new Map() }
    : withDeferredWeights(build);
  checkLabels(name, layers, { loss, metrics, example, labels });
  const variables = namedVariables(layers);
  const initialWeights = initialTensors(variables, initializers, seed);
  checkInitialWeights(name, initialWeights);
  const types = Object.entries(initialWeights).map(
    ([weight, { shape }]) => [weight, float32(...shape)] as const,
  );
  const trained = new Set(layers.trainableWeights);
  return {
    name,
    example,
    weights: struct(Object.fromEntries(types)),
    initialWeights,
    trainable: [...variables].filter(([, variable]) => trained.has(variable)).map(([weight]) => weight),
    metrics: Object.keys(metrics),
    forward: (weights, batch, { training, mask }) => {
      const pass = (): tf.Tensor => layers.apply(features(batch), { training }) as tf.Tensor;
      const { result, moved } = withWeights(variables, weights, () => ({
        outputs: training && mask !== undefined ? withStandIns(layers, trainingStandIns, mask, pass) : pass(),
        penalties: layers.calculateLosses(),
      }));
      const { outputs, penalties } = result;
      const targets = labels(batch);
      const [first, ...rest] = penalties as tf.Tensor[];
      return {
        losses: perExampleLosses(name, withLabels(loss, targets, outputs), batch),
        ...(first === undefined ? {} : { penalty: rest.reduce((sum, next) => tf.add(sum, next), first) }),
        metrics: Object.fromEntries(
          Object.entries(metrics).map(([metric, compute]) => [
            metric,
            perExample(name, `its metric '${metric}'`, withLabels(compute, targets, outputs), batch),
          ]),
        ),
        moved,
      };
    },
    constrain: (weights) =>
      Object.fromEntries(
        Object.entries(weights).map(([weight, value]) => {
          const constraint = variables.get(weight)?.constraint ?? null;
          return [weight, constraint === null ? value : constraint.apply(value)];
        }),
      ),
  };
}

function defaultFeatures(batch: Batch): tf.Tensor {
  return tf.cast((batch as { readonly x: tf.Tensor }).x, 'float32');
}

function defaultLabels(batch: Batch): tf.Tensor {
  return (batch as { readonly y: tf.Tensor }).y;
}

/** Calls the loss and each metric on labels of made-up examples, and outputs that are made up as well. */
function checkLabels(
  name: string,
  layers: tfl.LayersModel,
  given: {
    readonly loss: Loss;
    readonly metrics: { readonly [name: string]: Metric };
    readonly example: Type;
    readonly labels: (batch: Batch) => tf.Tensor;
  },
): void {
  const [, ...shape] = layers.outputShape as tfl.Shape;
  if (!shape.every((size) => typeof size === 'number')) return;
  const check = (what: string, compute: Loss): void =>
    checkIndependentRows(
      name,
      what,
      (rows) =>
        withLabels(
          compute,
          given.labels(exampleBatch(given.example, rows)),
          exampleTensor(float32(...shape), rows, 'outputs'),
        ),
      'Where labels are [B] and outputs [B, 1], tf.js broadcasts them to [B, B]: give labels the last axis, labels: (batch) => tf.expandDims(batch.y, -1)',
    );
  check('its loss', given.loss);
  for (const [metric, compute] of Object.entries(given.metrics)) check(`its metric '${metric}'`, compute);
}

/** The first value of each variable: what its initializer gives for a seed of its own, or what it holds already. */
function initialTensors(
  variables: NamedVariables,
  initializers: DeferredModel['initializers'],
  seed: Seed,
): { readonly [weight: string]: Tensor } {
  const tensors = [...variables].map(([weight, variable]) => {
    const { shape } = variable.read();
    const initializer = initializers.get(variable);
    const values =
      initializer === undefined
        ? Float32Array.from(variable.read().dataSync())
        : initialValues(initializer, shape, generator(deriveSeed(seed, 'initial-weight', weight)));
    return [weight, tensor('float32', shape, values)] as const;
  });
  return Object.fromEntries(tensors);
}
