import { describe, expect, test } from 'vitest';
import { adagrad } from './adagrad.js';
import { optimizerContract, stepsOf } from './contract.js';

describe('adagrad', () => {
  test('divides by the root of the sum of squares', () => {
    // a = 9, w = 1 − 0.1 · 3 / 3 = 0.9; a = 9 + 16 = 25, w = 0.9 − 0.1 · 4 / 5 = 0.82.
    const optimizer = adagrad({ learningRate: 0.1, initialAccumulator: 0, epsilon: 0 });
    const [first, second] = stepsOf(optimizer, { weight: 1, gradients: [3, 4] });
    expect(first).toBeCloseTo(0.9, 6);
    expect(second).toBeCloseTo(0.82, 6);
  });

  test('starts from the initial accumulator and adds epsilon to the root', () => {
    // a = 7 + 9 = 16, w = 1 − 0.1 · 3 / (4 + 2) = 0.95.
    const optimizer = adagrad({ learningRate: 0.1, initialAccumulator: 7, epsilon: 2 });
    expect(stepsOf(optimizer, { weight: 1, gradients: [3] })[0]).toBeCloseTo(0.95, 6);
  });

  optimizerContract('adagrad', (learningRate) => adagrad({ learningRate }));
  optimizerContract('adagrad with beta1', (learningRate) => adagrad({ learningRate, beta1: 0.5 }));
});
