// Contract cases of whole models: the loss and all gradients of one training step.
import { type Tensor, tensor } from '@starling/federated-core';
import * as tfl from '#tfjs-layers';
import * as tf from '../../tensorflow/tf.js';
import type { Draw } from '../drawing/draw.js';
import type { DrawnCase } from '../drawing/kernel-case.js';

type ModelCase = (draw: Draw) => DrawnCase;
type Layer = tfl.layers.Layer;

/** Small weights, as a model starts with. */
function weights(draw: Draw, shape: readonly number[]): Tensor {
  const { data } = draw.floats(shape, -1, 1);
  return tensor(
    'float32',
    shape,
    (data as Float32Array).map((value) => 0.5 * value),
  );
}

/**
 * Loss and gradients by all weights of a tf.js layers model. The body takes the input, the labels and the weights;
 * `lossOf` gets the model's output.
 */
function layersCase(
  layers: readonly Layer[],
  input: Tensor,
  labels: Tensor,
  lossOf: (output: tf.Tensor, labels: tf.Tensor) => tf.Scalar,
  draw: Draw,
): DrawnCase {
  const inputLayer = tfl.layers.inputLayer({
    inputShape: input.shape.slice(1),
    dtype: input.dtype as 'float32',
  });
  const model = tfl.sequential({ layers: [inputLayer, ...layers] });
  const variables = model.weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  const trainable = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  return {
    inputs: [input, labels, ...variables.map(({ shape }) => weights(draw, shape))],
    body: ([x, y, ...values]) => {
      for (const [index, value] of values.entries()) model.weights[index]?.write(value);
      const { value, grads } = tf.variableGrads(
        () => lossOf(model.apply(x as tf.Tensor, { training: true }) as tf.Tensor, y as tf.Tensor),
        trainable,
      );
      return [value, ...trainable.map((variable) => grads[variable.name] as tf.Tensor)];
    },
  };
}

const crossEntropy = (logits: tf.Tensor, labels: tf.Tensor): tf.Scalar =>
  tf.losses.softmaxCrossEntropy(
    tf.oneHot(labels as tf.Tensor1D, logits.shape.at(-1) ?? 1),
    logits,
  ) as tf.Scalar;

const squaredError = (output: tf.Tensor, labels: tf.Tensor): tf.Scalar =>
  tf.losses.meanSquaredError(labels, output) as tf.Scalar;

const classes = (draw: Draw, batch: number, count: number): Tensor => draw.ints([batch], 0, count - 1);

const dense: ModelCase = (draw) =>
  layersCase(
    [
      tfl.layers.dense({
        units: 6,
        activation: 'relu',
        kernelRegularizer: tfl.regularizers.l2({ l2: 0.01 }),
      }),
      tfl.layers.dense({ units: 4, activation: 'tanh' }),
      tfl.layers.dense({ units: 3 }),
    ],
    draw.floats([4, 5]),
    classes(draw, 4, 3),
    crossEntropy,
    draw,
  );

const convolutional: ModelCase = (draw) =>
  layersCase(
    [
      tfl.layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'elu', strides: 2 }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3 }),
    ],
    draw.floats([2, 10, 9, 2]),
    classes(draw, 2, 3),
    crossEntropy,
    draw,
  );

const normalised: ModelCase = (draw) =>
  layersCase(
    [
      tfl.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      tfl.layers.batchNormalization(),
      tfl.layers.activation({ activation: 'softplus' }),
      tfl.layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 }),
      tfl.layers.upSampling2d({ size: [2, 2] }),
      tfl.layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.layerNormalization(),
      tfl.layers.dense({ units: 3 }),
    ],
    draw.floats([3, 6, 7, 2]),
    classes(draw, 3, 3),
    crossEntropy,
    draw,
  );

const recurrent: ModelCase = (draw) =>
  layersCase(
    [
      tfl.layers.embedding({ inputDim: 7, outputDim: 4 }),
      tfl.layers.conv1d({ filters: 4, kernelSize: 2, activation: 'relu' }),
      tfl.layers.lstm({
        units: 4,
        returnSequences: true,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'glorotUniform',
      }),
      tfl.layers.gru({ units: 3, recurrentInitializer: 'glorotUniform' }),
      tfl.layers.dense({ units: 7 }),
    ],
    draw.ints([3, 6], 0, 6),
    classes(draw, 3, 7),
    crossEntropy,
    draw,
  );

/** Layer normalisation over the last axis, with gain and bias. */
function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gain), bias);
}

/** Projects the last axis: [batch, time, from] by [from, to]. */
function project(x: tf.Tensor, matrix: tf.Tensor): tf.Tensor {
  const [batch = 0, time = 0, from = 0] = x.shape;
  const flat = tf.matMul(tf.reshape(x, [batch * time, from]), matrix as tf.Tensor2D);
  return tf.reshape(flat, [batch, time, -1]);
}

/**
 * A transformer block (Vaswani et al., NeurIPS 2017), its norms first, over a causal mask; then a mean and a squared
 * error.
 */
const transformer: ModelCase = (draw) => {
  const [batch, time, width, heads] = [2, 5, 6, 2];
  const shapes = [
    [width],
    [width],
    [width, 3 * width],
    [width, width],
    [width],
    [width],
    [width, 12],
    [12, width],
  ];
  const inputs = [
    draw.floats([batch, time, width]),
    draw.floats([batch, width]),
    ...shapes.map((s) => weights(draw, s)),
  ];
  const causal = tf.linalg.bandPart(tf.ones([time, time]), -1, 0);
  const block = (x: tf.Tensor, parameters: readonly tf.Tensor[]): tf.Tensor => {
    const [gain1, bias1, attend, out, gain2, bias2, up, down] = parameters as [
      ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
      ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
    ];
    const split = (part: tf.Tensor): tf.Tensor =>
      tf.transpose(tf.reshape(part, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
    const [query, key, value] = tf.split(project(layerNorm(x, gain1, bias1), attend), 3, -1).map(split) as [
      ...[tf.Tensor, tf.Tensor, tf.Tensor],
    ];
    const scores = tf.div(tf.matMul(query, key, false, true), Math.sqrt(width / heads));
    const allowed = tf.softmax(tf.sub(scores, tf.mul(tf.sub(1, causal), 1e9)));
    const mixed = tf.reshape(tf.transpose(tf.matMul(allowed, value), [0, 2, 1, 3]), [batch, time, width]);
    const attended = tf.add(x, project(mixed, out));
    const gelu = (y: tf.Tensor): tf.Tensor =>
      tf.mul(tf.mul(y, 0.5), tf.add(1, tf.erf(tf.div(y, Math.SQRT2))));
    return tf.add(attended, project(gelu(project(layerNorm(attended, gain2, bias2), up)), down));
  };
  return {
    inputs,
    body: ([x, y, ...parameters]) => {
      const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) =>
        squaredError(tf.mean(block(x as tf.Tensor, given), 1), y as tf.Tensor),
      )(parameters);
      return [value, ...grads];
    },
  };
};

export const modelCases: Readonly<Record<string, ModelCase>> = {
  'a dense net with weight decay': dense,
  'a convolutional net': convolutional,
  'a normalised net of depthwise and transposed convolutions': normalised,
  'an embedding, a convolution over time, an LSTM and a GRU': recurrent,
  'a transformer block': transformer,
};
