import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { meanSquaredError } from './mean-squared-error.js';

describe('meanSquaredError', () => {
  test('averages squared errors over the outputs of each example', () => {
    // (1 − 3)² = 4 and (2 − 2)² = 0: mean 2; (0 − 1)² = 1 and (0 − 3)² = 9: mean 5.
    const labels = tf.tensor2d([
      [3, 2],
      [1, 3],
    ]);
    const outputs = tf.tensor2d([
      [1, 2],
      [0, 0],
    ]);
    expect([...meanSquaredError(labels, outputs).dataSync()]).toEqual([2, 5]);
  });

  test('takes labels without the axis of a single output', () => {
    expect([...meanSquaredError(tf.tensor1d([1, 2]), tf.tensor2d([[1], [5]])).dataSync()]).toEqual([0, 9]);
  });
});
