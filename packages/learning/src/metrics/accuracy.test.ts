import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { accuracy } from './accuracy.js';
import { binaryAccuracy } from './binary-accuracy.js';

describe('accuracy', () => {
  test('gives 1 where the largest output is at the label', () => {
    const outputs = tf.tensor2d([
      [0.1, 0.9],
      [0.8, 0.2],
      [0.3, 0.7],
    ]);
    expect([...accuracy(tf.tensor1d([1, 1, 1], 'int32'), outputs).dataSync()]).toEqual([1, 0, 1]);
  });

  test('averages over the places of an example', () => {
    const outputs = tf.tensor3d([
      [
        [0, 1],
        [1, 0],
      ],
    ]);
    expect([...accuracy(tf.tensor2d([[1, 1]], [1, 2], 'int32'), outputs).dataSync()]).toEqual([0.5]);
  });
});

describe('binaryAccuracy', () => {
  test('gives 1 where the sign of the logit agrees with the label', () => {
    const outputs = tf.tensor2d([[2], [-2], [0], [3]]);
    expect([...binaryAccuracy(tf.tensor1d([1, 1, 0, 0]), outputs).dataSync()]).toEqual([1, 0, 1, 0]);
  });
});
