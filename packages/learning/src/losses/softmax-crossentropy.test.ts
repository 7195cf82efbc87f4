import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { softmaxCrossentropy } from './softmax-crossentropy.js';

describe('softmaxCrossentropy', () => {
  test('gives minus the log of the softmax at the label, for each example', () => {
    // Equal logits of 4 classes: log 4. Logits (log 3, 0): the softmax is (3/4, 1/4), at label 1: log 4.
    expect([...softmaxCrossentropy(tf.tensor1d([2], 'int32'), tf.zeros([1, 4])).dataSync()][0]).toBeCloseTo(
      Math.log(4),
      6,
    );
    const logits = tf.tensor2d([Math.log(3), 0, Math.log(3), 0], [2, 2]);
    const losses = softmaxCrossentropy(tf.tensor1d([0, 1], 'int32'), logits).dataSync();
    expect(losses[0]).toBeCloseTo(Math.log(4 / 3), 6);
    expect(losses[1]).toBeCloseTo(Math.log(4), 6);
  });

  test('stays finite when logits are large', () => {
    // logsumexp(1000, 0) − 0 = 1000.
    const losses = softmaxCrossentropy(tf.tensor1d([1], 'int32'), tf.tensor2d([[1000, 0]])).dataSync();
    expect(losses[0]).toBeCloseTo(1000, 3);
  });

  test('averages over the places of an example that has several labels', () => {
    // Places: label 0 of (log 3, 0) is log 4/3; label 1 of it is log 4.
    const logits = tf.tensor3d([Math.log(3), 0, Math.log(3), 0], [1, 2, 2]);
    const losses = softmaxCrossentropy(tf.tensor2d([[0, 1]], [1, 2], 'int32'), logits);
    expect(losses.shape).toEqual([1]);
    expect(losses.dataSync()[0]).toBeCloseTo((Math.log(4 / 3) + Math.log(4)) / 2, 6);
  });
});
