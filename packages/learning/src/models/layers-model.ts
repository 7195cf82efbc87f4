// A model from tf.js layers. Its variables stay outside: while a forward pass is traced, each variable reads the
// tensor it is given, so that the pass is a pure function of weights.

import { tf, type tfl } from '@starling/compute';
import {
  deriveSeed,
  float32,
  formatType,
  generator,
  type Seed,
  seedFrom,
  struct,
  type Tensor,
  type Type,
  tensor,
} from '@starling/federated-core';
import {
  type Check,
  checkOptions,
  dataKinds,
  isClass,
  kinds,
  ofKind,
  optionError,
  required,
  runBody,
} from '@starling/federated-core/plan';
import { buildLayers } from '../layers/build-layers.js';
import type { DeferredModel } from '../layers/deferred-weights.js';
import { initialValues } from '../layers/initial-values.js';
import { lastActivation, lastActivationName } from '../layers/last-activation.js';
import { withStandIns } from '../layers/layer-stand-ins.js';
import { type NamedVariables, namedVariables, withWeights } from '../layers/layer-variables.js';
import { maskedBatchNormalization } from '../layers/masked-batch-normalization.js';
import { noiseLayers } from '../layers/noise-layers.js';
import { warnOfOutputs } from '../layers/output-warnings.js';
import { withLabels } from '../layers/tfjs-metrics.js';
import type { Loss } from '../losses/loss.js';
import { LOSS_NAMES, type LossName, lossNamed } from '../losses/losses-by-name.js';
import type { Metric } from '../metrics/metric.js';
import type { SumMetric } from '../metrics/sum-metric.js';
import { askTensor, formatBatch, metricsKind } from '../model/ask-tensor.js';
import { checkForward } from '../model/check-forward.js';
import { checkIndependentRows, exampleBatch, exampleTensor } from '../model/independent-rows.js';
import { checkInitialWeights } from '../model/initial-weights.js';
import { measure, numberPerRow, sumMetricsOf } from '../model/measure.js';
import { checkMetricNames } from '../model/metric-names.js';
import type { Batch, Model } from '../model/model.js';
import { withoutHabits } from '../model/model-kind.js';
import { perExampleLosses } from '../model/per-example.js';
import { warnOfNoGradient } from '../model/useful-gradients.js';

export interface LayersModelOptions {
  readonly name?: string;
  readonly example: Type;
  /**
   * A function, or the name of one: `sparseCategoricalCrossentropy`, `categoricalCrossentropy`, `binaryCrossentropy`,
   * `meanSquaredError` or `meanAbsoluteError`. A named cross-entropy is of probabilities where the last layer applies
   * the softmax or sigmoid, else of logits.
   */
  readonly loss: Loss | LossName;
  /** Measured next to the loss, by name, which must not be `loss`, `examples` or `aggregation`; nothing by default. */
  readonly metrics?: { readonly [name: string]: Metric | SumMetric };
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
 * Throws a `RangeError` if an option is of another kind, a metric has a reserved name, an initial weight is not finite,
 * or the loss or a metric gives an example a number that depends on the others of its batch; and what goes wrong in a
 * forward pass, which is traced on shapes. Warns of a loss that applies the last layer's activation once more.
 */
export function layersModel(build: () => tfl.LayersModel, options: LayersModelOptions): Model {
  checkOptions(
    'Cannot make a model of layers',
    options,
    {
      name: kinds.text,
      example: required(dataKinds.type),
      loss: required(lossKind),
      metrics: metricsKind,
      features: kinds.callable,
      labels: kinds.callable,
      seed: dataKinds.seed,
      pretrained: kinds.flag,
    },
    ELSEWHERE,
  );
  const { name = 'layers model', example, metrics = {}, seed = seedFrom(0), pretrained = false } = options;
  const action = `Cannot make ${name}`;
  checkMetricNames(name, Object.keys(metrics));
  const { model: layers, initializers } = buildLayers(name, build, pretrained);
  const last = lastActivation(layers);
  const { loss: given } = options;
  const loss = typeof given === 'string' ? lossNamed(action, given, last) : given;
  warnOfOutputs(name, { loss, given }, lastActivationName(layers));
  const features = (options.features ?? fieldOf(action, example, 'x', 'features')) as (
    batch: Batch,
  ) => tf.Tensor;
  const labels = (options.labels ?? fieldOf(action, example, 'y', 'labels')) as (batch: Batch) => tf.Tensor;
  checkLabels(name, layers, { loss, metrics, example, labels });
  const variables = namedVariables(layers);
  const initialWeights = initialTensors(variables, initializers, seed);
  checkInitialWeights(name, initialWeights);
  const types = Object.entries(initialWeights).map(
    ([weight, { shape }]) => [weight, float32(...shape)] as const,
  );
  const trained = new Set(layers.trainableWeights);
  const model: Model = {
    name,
    example,
    weights: struct(Object.fromEntries(types)),
    initialWeights,
    trainable: [...variables].filter(([, variable]) => trained.has(variable)).map(([weight]) => weight),
    metrics: Object.keys(metrics),
    ...sumMetricsOf(metrics),
    forward: (weights, batch, { training, mask }) => {
      const examples = formatBatch(batch);
      const inputs = askTensor(action, 'features', examples, () => features(batch));
      checkInputs(action, layers, inputs);
      const taken = `its layers must take features ${formatBatch(inputs)}`;
      const pass = (): tf.Tensor =>
        runBody(action, taken, () => layers.apply(inputs, { training }) as tf.Tensor);
      const { result, moved } = withWeights(variables, weights, () => ({
        outputs: training && mask !== undefined ? withStandIns(layers, trainingStandIns, mask, pass) : pass(),
        penalties: layers.calculateLosses(),
      }));
      const { outputs, penalties } = result;
      const targets = askTensor(action, 'labels', examples, () => labels(batch));
      const compared = `labels ${formatBatch(targets)} and outputs ${formatBatch(outputs)}`;
      const compare = (what: string, compute: Loss): tf.Tensor =>
        askTensor(action, what, compared, () => withLabels(compute, targets, outputs));
      const [first, ...rest] = penalties as tf.Tensor[];
      return {
        losses: perExampleLosses(name, compare('its loss', loss), batch),
        ...(first === undefined ? {} : { penalty: rest.reduce((sum, next) => tf.add(sum, next), first) }),
        ...measure(name, metrics, batch, compare),
        moved,
      };
    },
    outputs: (weights, batch) => {
      const examples = formatBatch(batch);
      const inputs = askTensor(action, 'features', examples, () => features(batch));
      checkInputs(action, layers, inputs);
      const pass = (): tf.Tensor => layers.apply(inputs, { training: false }) as tf.Tensor;
      return withWeights(variables, weights, pass).result;
    },
    layers: (weights) => {
      for (const [weight, variable] of variables) {
        const { shape, data } = weights[weight]!;
        variable.write(tf.tensor(data as Float32Array, [...shape]));
      }
      return layers;
    },
    constrain: (weights) =>
      Object.fromEntries(
        Object.entries(weights).map(([weight, value]) => {
          const constraint = variables.get(weight)?.constraint ?? null;
          return [weight, constraint === null ? value : constraint.apply(value)];
        }),
      ),
  };
  checkForward(model);
  return withoutHabits(model);
}
/** What a user of other libraries gives a model here. */
const ELSEWHERE = {
  optimizer: 'It is an option of the algorithm: federatedAveraging({ model, clientOptimizer, … })',
  epochs: 'It is an option of the algorithm: federatedAveraging({ model, epochs, … })',
  batchSize: 'It is an option of the algorithm: federatedAveraging({ model, batchSize, … })',
  weights: 'Give { pretrained: true } to begin with the weights that build gives',
  initialWeights: 'Give { pretrained: true } to begin with the weights that build gives',
  inputSpec: 'The type of an example is the option example',
  input_spec: 'The type of an example is the option example',
} as const;

const lossKind: Check = ofKind({
  need: `a function of labels and outputs, such as softmaxCrossentropy, or one of ${LOSS_NAMES.map((name) => `'${name}'`).join(', ')}`,
  fits: (value) => typeof value === 'string' || (typeof value === 'function' && !isClass(value)),
});

/** Takes the field `name` of a batch: features as float32, labels as they are. */
function fieldOf(
  action: string,
  example: Type,
  name: 'x' | 'y',
  option: string,
): (batch: Batch) => tf.Tensor {
  const fields = example.kind === 'struct' ? Object.keys(example.elements) : [];
  if (!fields.includes(name)) {
    throw optionError(
      `${action}: an example needs a field ${name}, unless ${option} says what stands for it, got ${formatType(example)}. ${adviceOf(option, fields)}`,
    );
  }
  const take = (batch: Batch): tf.Tensor =>
    (batch as { readonly [field: string]: tf.Tensor })[name] as tf.Tensor;
  return name === 'x' ? (batch) => tf.cast(take(batch), 'float32') : take;
}

function adviceOf(option: string, fields: readonly string[]): string {
  const field = fields.find((one) => one !== 'x' && one !== 'y') ?? fields[0];
  return field === undefined ? `Write ${option}: (batch) => …` : `Write ${option}: (batch) => batch.${field}`;
}

/** Throws unless the features of a model with one input have the shape of its first layer. */
function checkInputs(action: string, layers: tfl.LayersModel, inputs: tf.Tensor): void {
  const [first, ...others] = layers.inputs;
  if (first === undefined || others.length > 0) return;
  const [, ...need] = first.shape;
  const [, ...got] = inputs.shape;
  if (need.length === got.length && need.every((size, axis) => size === null || size === got[axis])) return;
  const sizeOf = (shape: readonly (number | null)[]): number =>
    shape.reduce<number>((all, size) => all * (size ?? 0), 1);
  const advice =
    need.length === 1 && sizeOf(need) === sizeOf(got)
      ? `. Flatten them: begin with tfl.layers.flatten({ inputShape: [${got.join(', ')}] })`
      : '';
  throw optionError(
    `${action}: features of an example must have the inputShape of the first layer, [${need.map((size) => size ?? '?').join(', ')}], got [${got.join(', ')}]${advice}`,
  );
}

/** Calls the loss and each metric on labels of made-up examples, and outputs that are made up as well. */
function checkLabels(
  name: string,
  layers: tfl.LayersModel,
  given: {
    readonly loss: Loss;
    readonly metrics: { readonly [name: string]: Metric | SumMetric };
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
  const rows = [0, 1, 2];
  warnOfNoGradient(
    name,
    'the outputs',
    (outputs) =>
      withLabels(given.loss, given.labels(exampleBatch(given.example, rows)), outputs as tf.Tensor),
    [exampleTensor(float32(...shape), rows, 'outputs')],
  );
  for (const [metric, compute] of Object.entries(given.metrics))
    check(`its metric '${metric}'`, numberPerRow(compute));
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
