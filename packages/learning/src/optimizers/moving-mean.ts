// Exponential moving means of gradients, which adaptive optimizers keep: m ← β m + (1 − β) g.
import { tf } from '@starling/compute';
import { mapTensors, type Tensors } from '../tensors/tensors.js';

/** β m + (1 − β) g for each weight. */
export function movingMean(means: Tensors, gradients: Tensors, decay: number): Tensors {
  return mapTensors((mean, gradient) => moved(mean, gradient, decay), means, gradients);
}

/** β m + (1 − β) g² for each weight. */
export function movingMeanSquare(means: Tensors, gradients: Tensors, decay: number): Tensors {
  return mapTensors((mean, gradient) => moved(mean, tf.square(gradient), decay), means, gradients);
}

const moved = (mean: tf.Tensor, next: tf.Tensor, decay: number): tf.Tensor =>
  tf.add(tf.mul(mean, decay), tf.mul(next, 1 - decay));
