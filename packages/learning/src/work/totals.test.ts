import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import type { Tensors } from '../tensors/tensors.js';
import { lineModel } from '../testing/line-model.js';
import { addToTotals, meansOfTotals, zeroTotals } from './totals.js';

const numbers = (tensors: Tensors): Record<string, number | undefined> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync()[0]]));

describe('addToTotals', () => {
  test('adds the examples of a batch and not its padding', () => {
    // Errors of w = 0 on y = 2 and 4 are 2 and 4, losses 2 and 8; the third row is padding.
    const model = lineModel(0);
    const batch = { x: tf.ones([3]), y: tf.tensor1d([2, 4, 100]) };
    const pass = model.forward({ w: tf.scalar(0) }, batch, { training: false });
    const totals = addToTotals(zeroTotals(model), pass, tf.tensor1d([1, 1, 0]));
    expect(numbers(totals)).toEqual({ loss: 10, error: 6, examples: 2 });
    expect(numbers(meansOfTotals(model, totals))).toEqual({ loss: 5, error: 3, examples: 2 });
  });
});

describe('meansOfTotals', () => {
  test('gives NaN when there are no examples and it is asked to', () => {
    const totals = zeroTotals(lineModel(0));
    expect(numbers(meansOfTotals(lineModel(0), totals, 'NaN'))).toEqual({
      loss: Number.NaN,
      error: Number.NaN,
      examples: 0,
    });
  });

  test('gives zeros when there are no examples', () => {
    expect(numbers(meansOfTotals(lineModel(0), zeroTotals(lineModel(0))))).toEqual({
      loss: 0,
      error: 0,
      examples: 0,
    });
  });
});
