import { describe, expect, test } from 'vitest';
import * as tf from './tf.js';

/** The gradients of Σ dy · f(x, filter), flat. */
function gradients(
  f: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor,
  x: tf.Tensor,
  filter: tf.Tensor,
  dy: number[],
): number[][] {
  const weighted = (...[image, kernel]: tf.Tensor[]): tf.Tensor => {
    const y = f(image as tf.Tensor4D, kernel as tf.Tensor4D);
    return tf.mul(y, tf.reshape(tf.tensor1d(dy), y.shape));
  };
  return tf
    .grads(weighted)([x, filter])
    .map((gradient) => Array.from(gradient.dataSync()));
}

describe('gradients of dilated convolutions', () => {
  // Rows of 5 with a filter [w₀, w₁], dilated by 2: y_t = w₀ x_t + w₁ x_{t+2}.
  const x = [1, 2, 3, 4, 5];
  const w = [10, 100];

  test('without padding: an input is seen by the windows that start at it, and two before it', () => {
    const [byImage, byFilter] = gradients(
      (image, filter) => tf.conv2d(image, filter, 1, 'valid', 'NHWC', [1, 2]),
      tf.tensor4d(x, [1, 1, 5, 1]),
      tf.tensor4d(w, [1, 2, 1, 1]),
      [1, 2, 3],
    );
    // dx_t = w₀ dy_t + w₁ dy_{t−2}; dw₀ = 1·1 + 2·2 + 3·3, dw₁ = 1·3 + 2·4 + 3·5.
    expect(byImage).toEqual([10, 20, 30 + 100, 200, 300]);
    expect(byFilter).toEqual([14, 26]);
  });

  test('with padding: what lies outside of the image gets no gradient', () => {
    // 'same' pads one place at each end: y_t = w₀ x_{t−1} + w₁ x_{t+1}.
    const [byImage, byFilter] = gradients(
      (image, filter) => tf.conv2d(image, filter, 1, 'same', 'NHWC', [1, 2]),
      tf.tensor4d(x, [1, 1, 5, 1]),
      tf.tensor4d(w, [1, 2, 1, 1]),
      [1, 2, 3, 4, 5],
    );
    // dx_t = w₀ dy_{t+1} + w₁ dy_{t−1}; dw₀ = 2·1 + 3·2 + 4·3 + 5·4, dw₁ = 1·2 + 2·3 + 3·4 + 4·5.
    expect(byImage).toEqual([20, 30 + 100, 40 + 200, 50 + 300, 400]);
    expect(byFilter).toEqual([40, 40]);
  });

  test('depthwise: each output channel goes back to the channel it came from', () => {
    // One input channel with two filters, [1, 2] and [3, 4], along three rows dilated by 2: one window.
    const [byImage, byFilter] = gradients(
      (image, filter) => tf.depthwiseConv2d(image, filter, 1, 'valid', 'NHWC', [2, 1]),
      tf.tensor4d([5, 6, 7], [1, 3, 1, 1]),
      tf.tensor4d([1, 3, 2, 4], [2, 1, 1, 2]),
      [1, 10],
    );
    // dx₀ = 1·1 + 3·10, dx₁ = 0, dx₂ = 2·1 + 4·10; dw = x₀ dy, then x₂ dy.
    expect(byImage).toEqual([31, 0, 42]);
    expect(byFilter).toEqual([5, 50, 7, 70]);
  });
});
