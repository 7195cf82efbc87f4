// Random training loops: gradient descent over a dataset in batches, with a random program in the loss.
import {
  float32,
  int32,
  type LocalComputation,
  sequence,
  struct,
  type Tensor,
  tensor,
  uint8,
} from '@starling/federated-core';
import { localComputation } from '../../capture/local-computation.js';
import { sequenceReduce } from '../../capture/sequences/sequence-reduce.js';
import * as tf from '../../tensorflow/tf.js';
import { Draw } from '../drawing/draw.js';
import { runProgram } from './random-program.js';

/** Small, so that rounding does not grow from step to step. */
const RATE = 0.01;

/** A training loop of a seed: two matrices go down the gradient of a program over batches of features and labels. */
export function randomTraining(seed: number): {
  readonly local: LocalComputation;
  readonly argument: readonly Tensor[];
} {
  const draw = new Draw(seed);
  const [width, classes, batch] = [draw.int(1, 3), draw.int(2, 3), draw.int(1, 3)];
  const shapes = [
    [width, classes],
    [draw.int(1, 3), draw.int(1, 3)],
  ];
  const elements = draw.int(batch, 7);
  const element = struct({ x: draw.coin() ? float32(width) : uint8(width), label: int32() });
  const shuffled = draw.coin();
  const types = { data: sequence(element), weights: struct(shapes.map((shape) => float32(...shape))) };
  const local = localComputation(types, ({ data, weights }) => {
    const walk = (shuffled ? data.shuffle() : data).batch(batch).repeat(2);
    return sequenceReduce(walk, weights as readonly tf.Tensor[], (now, { x, label }, mask) => {
      const features = tf.div(tf.cast(x, 'float32'), 4);
      const labels = tf.oneHot(label as tf.Tensor1D, classes);
      const loss = (...all: tf.Tensor[]): tf.Scalar => {
        const logits = tf.matMul(features as tf.Tensor2D, all[0] as tf.Tensor2D);
        const entropy = tf.losses.softmaxCrossEntropy(labels, logits, mask);
        return tf.add(entropy, runProgram(seed, [...all, features, logits]));
      };
      return now.map((weight, index) =>
        tf.sub(weight, tf.mul(RATE, tf.grads(loss)([...now])[index] as tf.Tensor)),
      );
    });
  });
  const x =
    element.elements.x.dtype === 'float32' ? draw.floats([elements, width]) : bytes(draw, [elements, width]);
  const labels = draw.ints([elements], 0, classes - 1);
  const weights = shapes.map((shape) => draw.floats(shape, -1, 1));
  return { local: local as unknown as LocalComputation, argument: [x, labels, ...weights] };
}

function bytes(draw: Draw, shape: readonly number[]): Tensor {
  const { data } = draw.ints(shape, 0, 9);
  return tensor('uint8', shape, Uint8Array.from(data as Int32Array));
}
