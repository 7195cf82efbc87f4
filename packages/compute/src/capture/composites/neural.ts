// Composites of neural layers: fused layers, normalisation, and activations.

import { attributesOf, type Call, type Composite, tensorOf } from '../../tensorflow/kernel-call.js';
import * as tf from '../../tensorflow/tf.js';

export function fusedMatMul(call: Call): tf.Tensor {
  const { transposeA, transposeB } = attributesOf<{ transposeA: boolean; transposeB: boolean }>(call);
  return finishFused(call, tf.matMul(tensorOf(call, 'a'), tensorOf(call, 'b'), transposeA, transposeB));
}

interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat: 'NHWC';
  dilations: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export const fusedConvolution =
  (convolve: typeof tf.conv2d | typeof tf.depthwiseConv2d) =>
  (call: Call): tf.Tensor => {
    const { strides, pad, dataFormat, dilations, dimRoundingMode } =
      attributesOf<ConvolutionAttributes>(call);
    const x = tensorOf(call, 'x') as tf.Tensor4D;
    const filter = tensorOf(call, 'filter') as tf.Tensor4D;
    return finishFused(call, convolve(x, filter, strides, pad, dataFormat, dilations, dimRoundingMode));
  };

export function batchNorm(call: Call): tf.Tensor {
  const { scale, offset } = call.inputs as Record<string, tf.Tensor | undefined>;
  const { varianceEpsilon } = attributesOf<{ varianceEpsilon: number }>(call);
  const inverse = tf.rsqrt(tf.add(tensorOf(call, 'variance'), varianceEpsilon));
  const factor = scale ? tf.mul(inverse, scale) : inverse;
  const normal = tf.mul(tf.sub(tensorOf(call, 'x'), tensorOf(call, 'mean')), factor);
  return offset ? tf.add(normal, offset) : normal;
}

export function logSoftmax(call: Call): tf.Tensor {
  const logits = tensorOf(call, 'logits');
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

export const prelu: Composite = (call) => {
  const x = tensorOf(call, 'x');
  return tf.add(tf.relu(x), tf.mul(tensorOf(call, 'alpha'), tf.minimum(x, 0)));
};

/**
 * y = x (bias + α Σ x²)^−β, the sum over the channels at most r away (Krizhevsky, Sutskever, Hinton, NeurIPS 2012,
 * §3.3).
 */
export const localResponse: Composite = (call) => {
  const x = tensorOf(call, 'x');
  return tf.mul(x, tf.pow(responseScale(x, call), -attributesOf<LocalResponse>(call).beta));
};

/** With s the scale and N the neighbours' sum: dx = dy s^−β − 2 α β x N(dy y / s). */
export const localResponseGradient: Composite = (call) => {
  const [x, y, dy] = [tensorOf(call, 'x'), tensorOf(call, 'y'), tensorOf(call, 'dy')];
  const { alpha, beta } = attributesOf<LocalResponse>(call);
  const scale = responseScale(x, call);
  const others = overNeighbours(tf.div(tf.mul(dy, y), scale), call);
  return tf.sub(tf.mul(dy, tf.pow(scale, -beta)), tf.mul(2 * alpha * beta, tf.mul(x, others)));
};

interface LocalResponse {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

function responseScale(x: tf.Tensor, call: Call): tf.Tensor {
  const { bias, alpha } = attributesOf<LocalResponse>(call);
  return tf.add(bias, tf.mul(alpha, overNeighbours(tf.square(x), call)));
}

/** For each channel the sum over its neighbours: a product with a matrix of ones along its diagonal. */
function overNeighbours(x: tf.Tensor, call: Call): tf.Tensor {
  const { depthRadius } = attributesOf<LocalResponse>(call);
  const channels = x.shape.at(-1) as number;
  const band = Array.from({ length: channels }, (_, row) =>
    Array.from({ length: channels }, (__, column) => (Math.abs(row - column) <= depthRadius ? 1 : 0)),
  );
  const sums = tf.matMul(tf.reshape(x, [-1, channels]), tf.tensor2d(band, [channels, channels], 'float32'));
  return tf.reshape(sums, x.shape);
}

/** Adds the bias and applies the activation of a fused layer. */
function finishFused(call: Call, product: tf.Tensor): tf.Tensor {
  const { bias, preluActivationWeights } = call.inputs as Record<string, tf.Tensor | undefined>;
  const { activation, leakyreluAlpha } = attributesOf<{ activation?: string; leakyreluAlpha?: number }>(call);
  const sum = bias ? tf.add(product, bias) : product;
  switch (activation ?? 'linear') {
    case 'linear':
      return sum;
    case 'relu':
      return tf.relu(sum);
    case 'relu6':
      return tf.relu6(sum);
    case 'elu':
      return tf.elu(sum);
    case 'sigmoid':
      return tf.sigmoid(sum);
    case 'leakyrelu':
      return tf.leakyRelu(sum, leakyreluAlpha);
    case 'prelu':
      return tf.prelu(sum, preluActivationWeights as tf.Tensor);
    default:
      throw new RangeError(`Cannot capture a fused layer: unknown activation '${activation}'`);
  }
}
