import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { sigmoidCrossentropy } from './sigmoid-crossentropy.js';

describe('sigmoidCrossentropy', () => {
  test('gives minus the log of the probability of the label', () => {
    // The sigmoid of log 3 is 3/4: log 4/3 for a yes, log 4 for a no.
    const logits = tf.tensor2d([[Math.log(3)], [Math.log(3)]]);
    const losses = sigmoidCrossentropy(tf.tensor1d([1, 0]), logits).dataSync();
    expect(losses[0]).toBeCloseTo(Math.log(4 / 3), 6);
    expect(losses[1]).toBeCloseTo(Math.log(4), 6);
  });

  test('stays finite when logits are large', () => {
    const losses = sigmoidCrossentropy(tf.tensor1d([0, 1]), tf.tensor1d([1000, -1000])).dataSync();
    expect([...losses]).toEqual([1000, 1000]);
  });
});
