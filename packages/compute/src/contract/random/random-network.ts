// Random convolutional networks: the loss of one, and its gradients by image and weights. Passes over convolutions,
// pools, biases and activations are each right on the shapes of their own tests; these try them on one another, wide
// enough for tiles and for blocks of channels.
import { type Tensor, tensor } from '@starling/federated-core';
import * as tf from '../../tensorflow/tf.js';
import { Draw } from '../drawing/draw.js';
import type { DrawnCase } from '../drawing/kernel-case.js';

const LAYERS = 4;
const CLASSES = 5;

/** A layer that is drawn once, and then applied to what came before with the weights it asked for. */
interface Layer {
  readonly weights: readonly (readonly number[])[];
  apply(x: tf.Tensor4D, weights: readonly tf.Tensor[]): tf.Tensor4D;
}

type Shape = readonly [number, number, number, number];
type Activation = (x: tf.Tensor4D) => tf.Tensor4D;

const activations: readonly Activation[] = [
  (x) => tf.relu(x),
  (x) => tf.relu(x),
  (x) => tf.tanh(x),
  (x) => tf.elu(x),
  (x) => x,
];

/** Convolution, then a bias and an activation, in either order, or neither. */
function convolution(draw: Draw, [, height, width, channels]: Shape): Layer {
  const smaller = Math.min(height, width);
  const filters = draw.pick([3, 32, 33, 64]);
  const side = draw.pick([1, 2, 3, 3, 3].filter((each) => each <= smaller));
  const strides = draw.pick([1, 1, 1, 2]);
  const dilation = strides === 1 && side === 3 && smaller > 5 ? draw.pick([1, 1, 1, 2]) : 1;
  const pad = draw.pick(['same', 'valid'] as const);
  const activation = draw.pick(activations);
  const hasBias = draw.coin();
  const biasLast = draw.int(0, 3) === 0;
  return {
    weights: [[side, side, channels, filters], ...(hasBias ? [[filters]] : [])],
    apply(x, [kernel, bias]) {
      const y = tf.conv2d(x, kernel as tf.Tensor4D, strides, pad, 'NHWC', dilation);
      if (bias === undefined) return activation(y);
      return biasLast ? tf.add(activation(y), bias) : activation(tf.add(y, bias));
    },
  };
}

function depthwise(draw: Draw, [, , , channels]: Shape): Layer {
  const strides = draw.pick([1, 2]);
  return {
    weights: [[2, 2, channels, 1]],
    apply: (x, [kernel]) => tf.depthwiseConv2d(x, kernel as tf.Tensor4D, strides, 'same'),
  };
}

function pool(draw: Draw): Layer {
  const size = draw.pick([2, 2, 3]);
  const strides = draw.pick([size, size, 1]);
  const pad = draw.pick(['same', 'valid'] as const);
  const isMax = draw.int(0, 2) > 0;
  return {
    weights: [],
    apply: (x) => (isMax ? tf.maxPool(x, size, strides, pad) : tf.avgPool(x, size, strides, pad)),
  };
}

/** Every channel of the batch to mean 0 and variance 1, scaled and shifted. */
function normalisation([, , , channels]: Shape): Layer {
  return {
    weights: [[channels], [channels]],
    apply(x, [gain, shift]) {
      const { mean, variance } = tf.moments(x, [0, 1, 2], true);
      const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
      return tf.add(tf.mul(normal, tf.add(1, gain as tf.Tensor)), shift as tf.Tensor);
    },
  };
}

/** x + f(x), f a convolution that keeps the shape; or x beside f(x). */
function branch(draw: Draw, [, , , channels]: Shape): Layer {
  const isSum = draw.coin();
  return {
    weights: [[3, 3, channels, channels]],
    apply(x, [kernel]) {
      const made = tf.relu(tf.conv2d(x, kernel as tf.Tensor4D, 1, 'same'));
      return isSum ? tf.add(x, made) : tf.concat([x, made], 3);
    },
  };
}

function drawLayer(draw: Draw, shape: Shape): Layer {
  const smaller = Math.min(shape[1], shape[2]);
  switch (
    draw.pick(['convolution', 'convolution', 'convolution', 'depthwise', 'pool', 'pool', 'norm', 'branch'])
  ) {
    case 'depthwise':
      return depthwise(draw, shape);
    case 'pool':
      return smaller >= 4 ? pool(draw) : convolution(draw, shape);
    case 'norm':
      return normalisation(shape);
    case 'branch':
      return shape[3] <= 33 ? branch(draw, shape) : convolution(draw, shape);
    default:
      return convolution(draw, shape);
  }
}

/** Such that sums over a window keep their size. */
function weight(draw: Draw, shape: readonly number[]): Tensor {
  const fan = shape.length === 4 ? (shape[0] as number) * (shape[1] as number) * (shape[2] as number) : 4;
  const { data } = draw.floats(shape, -1, 1);
  return tensor(
    'float32',
    shape,
    (data as Float32Array).map((value) => value * Math.sqrt(3 / fan)),
  );
}

/** The network of a seed. */
export function randomNetwork(seed: number): DrawnCase {
  const draw = new Draw(seed);
  const image = draw.floats([4, draw.pick([14, 16, 17]), draw.pick([14, 16]), draw.pick([1, 3, 32])]);
  const layers: Layer[] = [];
  let shape = image.shape as unknown as Shape;
  for (let count = 0; count < LAYERS; count++) {
    const layer = drawLayer(draw, shape);
    layers.push(layer);
    shape = tf.tidy(() => {
      const zeros = layer.weights.map((each) => tf.zeros([...each]));
      return layer.apply(tf.zeros([...shape]), zeros).shape;
    });
  }
  const head = [shape[3], CLASSES];
  const shapes = [...layers.flatMap(({ weights }) => weights), head];
  const labels = draw.ints([4], 0, CLASSES - 1);
  const loss = (...[x, ...weights]: tf.Tensor[]): tf.Scalar => {
    const remaining = weights.slice(0, -1);
    const features = layers.reduce(
      (before, layer) => layer.apply(before, remaining.splice(0, layer.weights.length)),
      x as tf.Tensor4D,
    );
    const logits = tf.matMul(tf.mean(features, [1, 2]) as tf.Tensor2D, weights.at(-1) as tf.Tensor2D);
    const targets = tf.oneHot(tf.tensor1d(labels.data as Int32Array, 'int32'), CLASSES);
    return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
  };
  return {
    inputs: [image, ...shapes.map((each) => weight(draw, each))],
    body: (all) => {
      const { value, grads } = tf.valueAndGrads(loss)([...all]);
      return [value, ...grads];
    },
  };
}
