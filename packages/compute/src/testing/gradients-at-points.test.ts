// What docs/kernels.md says of gradients at points where a function has none, on every engine.
import { describe, expect, test } from 'vitest';
import { captured } from '../contract/drawing/agreement.js';
import * as tf from '../tensorflow/tf.js';
import { ENGINES, runLocal } from './engines.js';
import { floats } from './graphs.js';

type One = (x: tf.Tensor) => tf.Tensor;

describe.each(ENGINES)('gradients at points without one, on %s', (_, makeEngine) => {
  const gradient = async (f: One, at: readonly number[]): Promise<readonly number[] | undefined> => {
    const local = captured('gradient', [floats(at)], ([x]) =>
      tf.grad((y: tf.Tensor) => tf.sum(f(y)))(x as tf.Tensor),
    );
    const [numbers] = await runLocal(makeEngine, local, [floats(at)]);
    return numbers;
  };

  test('are those of one side, or of the first of two', async () => {
    expect(await gradient(tf.abs, [0, Number.NaN])).toEqual([-1, -1]);
    expect(await gradient(tf.relu, [0, Number.NaN])).toEqual([0, 0]);
    expect(await gradient((x) => tf.clipByValue(x, -1, 1), [-1, 1, Number.NaN])).toEqual([1, 1, 0]);
    expect(await gradient((x) => tf.maximum(x, 0), [0])).toEqual([1]);
    expect(await gradient((x) => tf.maximum(0, x), [0])).toEqual([0]);
    expect(await gradient((x) => tf.max(x), [1, 1])).toEqual([1, 1]);
  });

  // x / ‖x‖ and 0 · 0⁻¹ are 0 / 0.
  test('are NaN for the norm of zeros, and for x⁰ at 0', async () => {
    expect(await gradient((x) => tf.norm(x), [0, 0])).toEqual([Number.NaN, Number.NaN]);
    expect(await gradient((x) => tf.pow(x, 0), [0])).toEqual([Number.NaN]);
  });
});
