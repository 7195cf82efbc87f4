// A model from tf.js layers. Its variables stay outside: while a forward pass is traced, each variable reads the
// tensor it is given, so that the pass is a pure function of weights.
import { tf, type tfl } from '@starling/compute';
import {
  deriveSeed,
  generator,
  type Seed,
  seedFrom,
  struct,
  type Tensor,
  type TensorType,
  type Type,
  tensor,
  tensorType,
} from '@starling/federated-core';
import type { Loss } from '../losses/loss.js';
import type { Metric } from '../metrics/metric.js';
import type { Tensors } from '../tensors.js';
import { type Initializer, withDeferredWeights } from './deferred-weights.js';
import { initialValues } from './initial-values.js';
import { withStandIns } from './layer-stand-ins.js';
import { maskedBatchNormalization } from './masked-batch-normalization.js';
import type { Batch, Model } from './model.js';
import { noiseLayers } from './noise-layers.js';

export interface LayersModelOptions {
  readonly name?: string;
  readonly example: Type;
  readonly loss: Loss;
  /** Measured beside the loss, by name; nothing by default. */
  readonly metrics?: { readonly [name: string]: Metric };
  /** What enters the first layer; `batch.x` as float32 by default. */
  readonly features?: (batch: never) => tf.Tensor;
  /** What the loss compares with; `batch.y` by default. */
  readonly labels?: (batch: never) => tf.Tensor;
  /** Decides the initial weights; `seedFrom(0)` by default. */
  readonly seed?: Seed;
  /** Starts from the weights that `build` gives, such as those of a loaded model; false by default. */
  readonly pretrained?: boolean;
}

type LayerVariable = tfl.LayerVariable;

const trainingStandIns = { BatchNormalization: maskedBatchNormalization, ...noiseLayers };

/**
 * The model that `build` makes with tf.js layers (`tfl.sequential`, `tfl.model`), all of them new, the first with an
 * `inputShape`. Weights are named by the kind of layer, its number among its kind, and the weight: `dense_1_kernel`.
 * Regularisers, constraints, batch normalisation and dropout work as in tf.js; compile, optimizer and fit are not used.
 */
export function layersModel(build: () => tfl.LayersModel, options: LayersModelOptions): Model {
  const { name = 'layers model', example, loss, metrics = {}, seed = seedFrom(0) } = options;
  const features = (options.features ?? defaultFeatures) as (batch: Batch) => tf.Tensor;
  const labels = (options.labels ?? defaultLabels) as (batch: Batch) => tf.Tensor;
  const { model: layers, initializers } = options.pretrained
    ? { model: build(), initializers: new Map<LayerVariable, Initializer>() }
    : withDeferredWeights(build);
  const variables = namedVariables(layers);
  const types: Record<string, TensorType> = {};
  const initialWeights: Record<string, Tensor> = {};
  for (const [weight, variable] of variables) {
    const { shape } = variable.read();
    const initializer = initializers.get(variable);
    const values =
      initializer === undefined
        ? Float32Array.from(variable.read().dataSync())
        : initialValues(initializer, shape, generator(deriveSeed(seed, 'initial-weight', weight)));
    types[weight] = tensorType('float32', shape);
    initialWeights[weight] = tensor('float32', shape, values);
  }
  const trained = new Set(layers.trainableWeights);
  return {
    name,
    example,
    weights: struct(types),
    initialWeights,
    trainable: [...variables].filter(([, variable]) => trained.has(variable)).map(([weight]) => weight),
    measures: Object.keys(metrics),
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
        losses: loss(targets, outputs),
        ...(first === undefined ? {} : { penalty: rest.reduce((sum, next) => tf.add(sum, next), first) }),
        measures: Object.fromEntries(
          Object.entries(metrics).map(([metric, compute]) => [metric, compute(targets, outputs)]),
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

/** Variables by names that depend on the model's make-up alone: tf.js numbers its layers across all models. */
function namedVariables(model: tfl.LayersModel): ReadonlyMap<string, LayerVariable> {
  const named = new Map<string, LayerVariable>();
  const kinds = new Map<string, number>();
  for (const layer of model.layers) {
    const kind = snakeCase(layer.getClassName());
    const number = (kinds.get(kind) ?? 0) + 1;
    kinds.set(kind, number);
    for (const variable of layer.weights as LayerVariable[]) {
      const weight = `${kind}_${number}_${snakeCase(variable.originalName.split('/').at(-1) as string)}`;
      let unique = weight;
      for (let copy = 2; named.has(unique); copy++) unique = `${weight}_${copy}`;
      named.set(unique, variable);
    }
  }
  return named;
}

function snakeCase(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** Runs `body` with every variable reading its tensor of `weights`; `moved` holds what was written meanwhile. */
function withWeights<T>(
  variables: ReadonlyMap<string, LayerVariable>,
  weights: Tensors,
  body: () => T,
): { readonly result: T; readonly moved: Tensors } {
  const moved: Record<string, tf.Tensor> = {};
  for (const [name, variable] of variables) {
    let current = weights[name] as tf.Tensor;
    // Own properties hide the methods of the class until they are deleted below.
    Object.assign(variable, {
      read: () => current,
      write: (next: tf.Tensor) => {
        current = tf.keep(next);
        moved[name] = current;
        return variable;
      },
    });
  }
  try {
    return { result: body(), moved };
  } finally {
    for (const variable of variables.values()) {
      const own = variable as Partial<Pick<LayerVariable, 'read' | 'write'>>;
      delete own.read;
      delete own.write;
    }
  }
}
