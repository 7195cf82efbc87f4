// Composites that make tensors: ranges, fills of a given shape, diagonals.

import { attributesOf, type Composite, tensorOf } from '../../tensorflow/kernel-call.js';
import * as tf from '../../tensorflow/tf.js';

export const linSpace: Composite = (call) => {
  const { start, stop, num } = attributesOf<{ start: number; stop: number; num: number }>(call);
  const step = (stop - start) / (num - 1);
  return tf.tensor1d(Array.from({ length: num }, (_, index) => start + (num === 1 ? 0 : index * step)));
};

export const range: Composite = (call) => {
  const { start, stop, step, dtype } = attributesOf<{
    start: number;
    stop: number;
    step: number;
    dtype: 'float32' | 'int32';
  }>(call);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return tf.tensor1d(
    Array.from({ length: count }, (_, index) => start + index * step),
    dtype,
  );
};

/** A tensor of the shape and element type of `x`, filled with `value`. */
export const filledLike =
  (value: number): Composite =>
  (call) => {
    const { shape, dtype } = tensorOf(call, 'x');
    return tf.fill(shape, value, dtype as 'float32');
  };

/** `x` along the diagonal of a tensor of twice its rank. */
export const diagonal: Composite = (call) => {
  const x = tensorOf(call, 'x');
  return tf.reshape(tf.mul(tf.reshape(x, [x.size, 1]), tf.eye(x.size)), [...x.shape, ...x.shape]);
};
