import { describe, expect, test } from 'vitest';
import * as tf from './tf.js';

/** The gradient of Σ f(x), flat. */
const gradient = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number[] =>
  Array.from(tf.grad(f)(x).dataSync());

describe('correctGradients', () => {
  test('average pooling: an edge window shares its gradient among the elements inside', () => {
    // Windows of 2 over [a, b, c] with `same` padding and stride 2: mean(a, b) and mean(c).
    const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
    expect(gradient((each) => tf.avgPool(each as tf.Tensor4D, [1, 2], [1, 2], 'same'), x)).toEqual([
      0.5, 0.5, 1,
    ]);
  });

  test('pools of volumes: windows at the edge, and windows that are wider than high', () => {
    // As above, along the depth.
    const column = tf.tensor5d([1, 2, 3], [1, 3, 1, 1, 1]);
    const averaged = (x: tf.Tensor): tf.Tensor =>
      tf.avgPool3d(x as tf.Tensor5D, [2, 1, 1], [2, 1, 1], 'same');
    expect(gradient(averaged, column)).toEqual([0.5, 0.5, 1]);
    // Two layers of 2 × 3; windows of one layer have their maxima 9 and 8, those of both layers 9.
    const x = tf.tensor5d([1, 2, 3, 4, 9, 5, 0, 8, 1, 2, 3, 7], [1, 2, 2, 3, 1]);
    const largest = (depth: number) => (each: tf.Tensor) =>
      tf.maxPool3d(each as tf.Tensor5D, [depth, 2, 3], 1, 'valid');
    expect(gradient(largest(1), x)).toEqual([0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]);
    expect(gradient(largest(2), x)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    // Windows of two layers and one row: the columns' maxima stand in either layer.
    const columns = (each: tf.Tensor): tf.Tensor =>
      tf.mul(
        tf.maxPool3d(each as tf.Tensor5D, [2, 2, 1], 1, 'valid'),
        tf.tensor1d([1, 10, 100]).reshape([3, 1]),
      );
    expect(gradient(columns, x)).toEqual([0, 0, 0, 1, 10, 0, 0, 0, 0, 0, 0, 100]);
  });

  test('cumulative sums along an axis that is not the last', () => {
    // Each row's element is in the sums of its own and all later rows: 3, 2 and 1 of them.
    expect(gradient((x) => tf.cumsum(x, 0), tf.ones([3, 2]))).toEqual([3, 3, 2, 2, 1, 1]);
    // Exclusive and from the end: in the sums of all earlier rows.
    expect(gradient((x) => tf.cumsum(x, 0, true, true), tf.ones([3, 2]))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('mirrored padding: an element counts as often as it is mirrored', () => {
    // reflect: [b, a, b, c, b]; symmetric: [a, a, b, c, c].
    const x = tf.tensor1d([1, 2, 3]);
    expect(gradient((each) => tf.mirrorPad(each, [[1, 1]], 'reflect'), x)).toEqual([1, 3, 1]);
    expect(gradient((each) => tf.mirrorPad(each, [[1, 1]], 'symmetric'), x)).toEqual([2, 1, 2]);
  });

  test('operands that were broadcast get the sum over where they went', () => {
    const a = tf.tensor2d([
      [1, 5],
      [7, 2],
    ]);
    const b = tf.scalar(4);
    const byB = (f: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor) => tf.grads(f)([a, b])[1]?.arraySync();
    // b is the larger in 2 of 4 places, and the smaller in 2.
    expect(byB(tf.maximum)).toBe(2);
    expect(byB(tf.minimum)).toBe(2);
    // d/db Σ (a − b)² = −2 Σ (a − b) = −2 (15 − 16)
    expect(byB(tf.squaredDifference)).toBe(2);
  });

  test('comparisons: a choice by values has the gradient of what was chosen', () => {
    // x where it is above 0, else x²: 1 and 2x.
    const chosen = (x: tf.Tensor): tf.Tensor =>
      tf.where(tf.logicalNot(tf.logicalOr(tf.less(x, 0), tf.equal(x, 0))), x, tf.square(x));
    expect(gradient(chosen, tf.tensor1d([3, -4]))).toEqual([1, -8]);
  });

  test('whole quotients do not change where they have a gradient', () => {
    const remainder = (x: tf.Tensor): tf.Tensor => tf.sub(x, tf.mul(2, tf.floorDiv(x, tf.scalar(2))));
    expect(gradient(remainder, tf.tensor1d([1, 3.5, -0.5]))).toEqual([1, 1, 1]);
  });

  test.each([
    ['nearest neighbours', tf.image.resizeNearestNeighbor],
    ['bilinear', tf.image.resizeBilinear],
  ] as const)(
    'resizing by %s: batches of images that are not square keep their own gradients',
    (_, resize) => {
      // Resizing is linear, so that ⟨dy, R x⟩ = ⟨Rᵀ dy, x⟩ for any x and dy.
      const x = tf.reshape(tf.range(1, 25), [2, 2, 3, 2]) as tf.Tensor4D;
      const dy = tf.sin(tf.reshape(tf.range(0, 96), [2, 4, 6, 2]));
      const resized = (each: tf.Tensor): tf.Tensor => resize(each as tf.Tensor4D, [4, 6]);
      const dx = tf.grad(resized)(x, dy);
      expect(dx.shape).toEqual(x.shape);
      const forward = tf.sum(tf.mul(dy, resized(x))).arraySync() as number;
      const backward = tf.sum(tf.mul(dx, x)).arraySync() as number;
      expect(backward).toBeCloseTo(forward, 4);
      // Of the second image alone: the gradient does not leak between images.
      const second = tf.grad((each) => tf.slice(resized(each), [1, 0, 0, 0]))(x);
      expect(tf.max(tf.abs(tf.slice(second, 0, 1))).arraySync()).toBe(0);
      expect(tf.sum(second).arraySync()).toBeCloseTo(4 * 6 * 2, 4);
    },
  );
});
