import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { showTensors } from './shown-tensors.js';
import * as tf from './tf.js';

test('`showTensors` lets a tensor be printed by its numbers, and one without data by its type', () => {
  showTensors();
  const x = tf.tensor2d([[1, 2.5]]);
  expect(inspect({ x })).toMatch(/x: Tensor float32\[1,2\]\s+\[\[1, 2\.5\],\]/);
  x.dispose();
  expect(inspect(x)).toBe('Tensor float32[1,2], disposed');
});
