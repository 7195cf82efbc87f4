import { float32, type LocalComputation, sequence } from '@starling/federated-core';
import { afterAll, describe, expect, test } from 'vitest';
import * as tf from '../../tensorflow/tf.js';
import { ENGINES, runLocal } from '../../testing/engines.js';
import { floats } from '../../testing/graphs.js';
import { localComputation } from '../local-computation.js';
import { scan } from '../scan/scan.js';
import { sequenceReduce } from '../sequences/sequence-reduce.js';

const counter = tf.variable(tf.scalar(0), true, 'counter');
afterAll(() => counter.dispose());

/** Captures a reduction whose step has the given effect on `counter`. */
function capture(step: (state: tf.Tensor, x: tf.Tensor) => tf.Tensor): LocalComputation {
  return localComputation({ data: sequence(float32()) }, ({ data }) =>
    sequenceReduce(data, tf.scalar(0), step),
  ) as LocalComputation;
}

describe('a step with hidden state', () => {
  test('is refused where it updates a variable that it read', () => {
    const step = (state: tf.Tensor, x: tf.Tensor): tf.Tensor => {
      counter.assign(tf.add(counter, x) as tf.Scalar);
      return tf.add(state, counter);
    };
    expect(() => capture(step)).toThrow("updates the variable 'counter'");
    const scanned = () =>
      localComputation(
        { x: float32(3) },
        ({ x }) => scan(x, 0, (state, each) => [step(state, each), []] as const)[0],
      );
    expect(scanned).toThrow("updates the variable 'counter'");
    expect(counter.arraySync()).toBe(0);
  });

  test('is refused where an optimizer keeps accumulators', () => {
    const adam = tf.train.adam(0.1);
    const step = (state: tf.Tensor): tf.Tensor => {
      counter.assign(state as tf.Scalar);
      adam.minimize(() => tf.square(counter) as tf.Scalar, false, [counter]);
      return tf.clone(counter);
    };
    expect(() => capture(step)).toThrow('Cannot capture AdamOptimizer');
    const loss = adam.minimize(() => tf.square(counter) as tf.Scalar, true, [counter]);
    expect(loss?.arraySync()).toBe(0);
  });

  test('is taken where the variable gets its value from the state first', async () => {
    // v ← s; v ← v + x; then v is the new state: sums of the elements.
    const local = capture((state, x) => {
      counter.assign(state as tf.Scalar);
      counter.assign(tf.add(counter, x) as tf.Scalar);
      return tf.clone(counter);
    });
    for (const [, makeEngine] of ENGINES)
      expect(await runLocal(makeEngine, local, [floats([1, 2, 4])])).toEqual([[7]]);
  });

  test('is taken where plain gradient descent updates variables of the state', async () => {
    // d(v²) = 2 v: v ← v − 0.25 · 2 v halves v at each of three elements.
    const descent = tf.train.sgd(0.25);
    const local = localComputation({ data: sequence(float32()), start: float32() }, ({ data, start }) =>
      sequenceReduce(data, start, (state) => {
        counter.assign(state as tf.Scalar);
        descent.minimize(() => tf.square(counter) as tf.Scalar, false, [counter]);
        return tf.clone(counter);
      }),
    ) as LocalComputation;
    for (const [, makeEngine] of ENGINES) {
      expect(await runLocal(makeEngine, local, [floats([0, 0, 0]), floats([8], [])])).toEqual([[1]]);
    }
  });
});
