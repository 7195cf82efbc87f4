import { bool, float32, int32, type LocalComputation, type TensorType } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../../capture/local-computation.js';
import * as tf from '../../tensorflow/tf.js';
import { ENGINES, runLocal } from '../../testing/engines.js';
import { floats } from '../../testing/graphs.js';

describe('checkElementTypes', () => {
  const capture = (type: TensorType, body: (x: tf.Tensor) => tf.Tensor) => () =>
    localComputation({ x: type }, ({ x }) => body(x as tf.Tensor));

  test('refuses functions of integers that are no integers, and says what to do', () => {
    expect(capture(int32(2), (x) => tf.exp(x))).toThrow(
      'Cannot capture the kernel Exp: x must be float32, got int32; tf.cast changes it',
    );
    expect(capture(float32(2), (x) => tf.exp(x))).not.toThrow();
    const sum = (x: tf.Tensor): tf.Tensor => tf.unsortedSegmentSum(x, tf.tensor1d([0, 0], 'int32'), 1);
    expect(capture(int32(2), sum)).toThrow('UnsortedSegmentSum: x must be float32');
    expect(capture(float32(2), sum)).not.toThrow();
  });

  test('refuses to calculate with booleans', () => {
    expect(capture(bool(2), (x) => tf.add(x, x))).toThrow('Add: a must be numbers, got bool');
    expect(capture(bool(2), (x) => tf.argMax(x))).toThrow('ArgMax: x must be numbers');
    expect(capture(int32(2), (x) => tf.add(x, x))).not.toThrow();
  });

  test.each(ENGINES)('lets booleans be counted and averaged on %s', async (_, makeEngine) => {
    const local = localComputation({ x: float32(4) }, ({ x }) => {
      const positive = tf.greater(x, 0);
      return [tf.sum(positive), tf.mean(positive), tf.cast(tf.isNaN(tf.cast(x, 'int32')), 'int32')];
    }) as unknown as LocalComputation;
    expect(await runLocal(makeEngine, local, [floats([1, -1, 2, 3])])).toEqual([[3], [0.75], [0, 0, 0, 0]]);
  });
});
