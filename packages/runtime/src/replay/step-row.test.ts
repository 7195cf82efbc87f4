import { type Tensor, tensor } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { stepRow } from './step-row.js';

const floats = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values));
const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));

test('`stepRow` gives a loss by the examples of the step, and how far the fields of the state moved', () => {
  const row = stepRow({
    computation: 'client work',
    reduction: 0,
    step: 2,
    steps: 3,
    rows: [4, 1, 0, 3],
    state: [
      { path: 'weights.kernel', before: floats(1, 1), after: floats(1, 4) },
      { path: 'weights.bias', before: floats(0, 0), after: floats(4, 0) },
      { path: 'optimizer.count', before: scalar(1), after: scalar(2) },
      { path: 'totals.loss', before: scalar(10), after: scalar(12) },
      { path: 'totals.examples', before: scalar(4), after: scalar(8) },
    ],
  });
  // (12 − 10) / (8 − 4); √(3² + 4²).
  expect(row).toEqual({
    computation: 'client work',
    reduction: 0,
    step: 2,
    steps: 3,
    rows: 4,
    numbers: [
      ['optimizer.count', 2],
      ['loss', 0.5],
    ],
    moved: [['weights', 5]],
  });
});

test('`stepRow` takes a bare state', () => {
  const step = { computation: 'sum', reduction: 1, step: 1, steps: 1, rows: [0] };
  const row = stepRow({ ...step, state: [{ path: '', before: scalar(1), after: scalar(3) }] });
  expect(row.numbers).toEqual([['', 3]]);
});
