import { describe, expect, test } from 'vitest';
import { optimizerContract, stepsOf } from './contract.js';
import { rmsProp } from './rms-prop.js';

describe('rmsProp', () => {
  test('divides by the root of the decayed mean of squares', () => {
    // v = 0.5 · 4 = 2, w = 1 − 0.2 / √2 = 0.8585786; v = 0.5 · 2 + 0.5 · 4 = 3, w = 0.8585786 − 0.2 / √3 = 0.7431086.
    const optimizer = rmsProp({ learningRate: 0.1, decay: 0.5, epsilon: 0 });
    const [first, second] = stepsOf(optimizer, { weight: 1, gradients: [2, 2] });
    expect(first).toBeCloseTo(0.8585786, 6);
    expect(second).toBeCloseTo(0.7431086, 6);
  });

  optimizerContract('rmsProp', (learningRate) => rmsProp({ learningRate }));
});
