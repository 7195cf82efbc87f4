import { tf } from '@starling/compute';
import { expect, test } from 'vitest';
import { kernelFeatures } from './kernel-features.js';

test('`kernelFeatures` have the kernel as their products, less its mean over a period', () => {
  const width = 0.1;
  const scores = [0, 0.03, 0.2, 0.25, 0.5, 0.77, 1];
  const { of, size } = kernelFeatures(width);
  const features = of(tf.tensor1d(scores)) as tf.Tensor2D;
  expect(features.shape).toEqual([scores.length, size]);
  const products = tf.matMul(features, features, false, true).arraySync() as number[][];
  // The mean of exp(−d² / w²) over −1 to 1: w √π / 2.
  const mean = (width * Math.sqrt(Math.PI)) / 2;
  for (const [row, s] of scores.entries()) {
    for (const [column, t] of scores.entries()) {
      expect(products[row]![column]).toBeCloseTo(Math.exp(-(((s - t) / width) ** 2)) - mean, 5);
    }
  }
});
