import { describe, expect, test } from 'vitest';
import * as tf from './tf.js';

/** The gradient of Σ dy · f(x), flat. */
const gradient = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: number[]): number[] =>
  Array.from(
    tf
      .grad((each) => tf.mul(f(each), tf.reshape(tf.tensor1d(dy), f(each).shape)))(x)
      .dataSync(),
  );

describe('gradients that tf.js does not have', () => {
  test('running products, also where a factor is zero', () => {
    // y = [a, ab, abc] at (2, 0, 5): da = 1 + 10b + 100bc, db = 10a + 100ac, dc = 100ab.
    const x = tf.tensor1d([2, 0, 5]);
    expect(gradient((each) => tf.cumprod(each), x, [1, 10, 100])).toEqual([1, 20 + 1000, 0]);
    // Exclusive and from the end: y = [bc, c, 1]: da = 0, db = c, dc = b + 10.
    expect(gradient((each) => tf.cumprod(each, 0, true, true), x, [1, 10, 100])).toEqual([0, 5, 10]);
  });

  test('products, by running products from both ends', () => {
    // Of (2, 0, 5): only the zero's own gradient is left, 2 · 5.
    expect(gradient((each) => tf.prod(each), tf.tensor1d([2, 0, 5]), [3])).toEqual([0, 30, 0]);
  });

  test('the largest elements: each gradient goes to where its value stood', () => {
    const x = tf.tensor2d([
      [1, 9, 4],
      [7, 2, 8],
    ]);
    // Rows give [9, 4] and [8, 7].
    expect(gradient((each) => tf.topk(each, 2).values, x, [1, 2, 3, 4])).toEqual([0, 1, 2, 4, 0, 3]);
  });

  test('picking and scattering by positions: an element picked twice gets both gradients', () => {
    const positions = tf.tensor2d([[2], [0], [2]], [3, 1], 'int32');
    const picked = (x: tf.Tensor): tf.Tensor => tf.gatherND(x, positions);
    expect(gradient(picked, tf.tensor1d([1, 2, 3]), [1, 10, 100])).toEqual([10, 0, 101]);
    const scattered = (x: tf.Tensor): tf.Tensor => tf.scatterND(positions, x, [3]);
    expect(gradient(scattered, tf.tensor1d([1, 2, 3]), [1, 10, 100])).toEqual([100, 1, 100]);
  });
});
