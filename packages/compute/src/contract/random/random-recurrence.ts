// Random recurrences: a random program as the step, walked by `scan` or unrolled.
import type { Tensor } from '@starling/federated-core';
import { scan } from '../../capture/scan/scan.js';
import * as tf from '../../tensorflow/tf.js';
import { Draw } from '../drawing/draw.js';
import type { DrawnCase } from '../drawing/kernel-case.js';
import { runProgram } from './random-program.js';
import { bounded } from './random-steps.js';

/** A recurrence of a seed, by `scan` or unrolled: its value, and its gradients by sequence, state and two matrices. */
export function randomRecurrence(seed: number, walk: 'scanned' | 'unrolled'): DrawnCase {
  const draw = new Draw(seed);
  const matrix = (): Tensor => draw.floats([draw.int(1, 3), draw.int(1, 3)], -1, 1);
  const [state, element] = [matrix(), matrix()];
  const xs = draw.floats([draw.int(2, 4), ...element.shape], -1, 1);
  const step = (
    h: tf.Tensor,
    x: tf.Tensor,
    weights: readonly tf.Tensor[],
  ): readonly [tf.Tensor, tf.Tensor] => {
    const made = runProgram(seed, [h, x, ...weights]);
    return [bounded(tf.add(h, made)), tf.mul(x, made)];
  };
  const loss = (...[sequence, start, ...weights]: tf.Tensor[]): tf.Scalar => {
    if (walk === 'scanned') {
      const [last, results] = scan(sequence as tf.Tensor, start as tf.Tensor, (h, x) => step(h, x, weights));
      return tf.add(tf.sum(last), tf.sum(tf.square(results)));
    }
    let h = start as tf.Tensor;
    const results = tf.unstack(sequence as tf.Tensor).map((x) => {
      const [next, result] = step(h, x, weights);
      h = next;
      return result;
    });
    return tf.add(tf.sum(h), tf.sum(tf.square(tf.stack(results))));
  };
  return {
    inputs: [xs, state, matrix(), matrix()],
    body: (given) => {
      const { value, grads } = tf.valueAndGrads(loss)([...given]);
      return [value, ...grads];
    },
  };
}
