import { describe, expect, test } from 'vitest';
import { optimizerContract, stepsOf } from './contract.js';
import { yogi } from './yogi.js';

describe('yogi', () => {
  test('moves the mean square by a share of the squared gradient', () => {
    // β1 = 0, so m = g. v = 1 − 0.5 · sign(1 − 4) · 4 = 3, w = 1 − 0.2 / √3 = 0.8845299;
    // v = 3 − 0.5 · sign(3 − 1) · 1 = 2.5, w = 0.8845299 − 0.1 / √2.5 = 0.8212844.
    const optimizer = yogi({ learningRate: 0.1, beta1: 0, beta2: 0.5, epsilon: 0, initialAccumulator: 1 });
    const [first, second] = stepsOf(optimizer, { weight: 1, gradients: [2, 1] });
    expect(first).toBeCloseTo(0.8845299, 6);
    expect(second).toBeCloseTo(0.8212844, 6);
  });

  optimizerContract('yogi', (learningRate) => yogi({ learningRate }));
});
