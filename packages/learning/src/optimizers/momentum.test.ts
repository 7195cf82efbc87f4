import { describe, expect, test } from 'vitest';
import { optimizerContract, stepsOf } from './contract.js';
import { momentum } from './momentum.js';

describe('momentum', () => {
  test('carries on in the direction of past gradients', () => {
    // v = 1, w = 1 − 0.1 · 1 = 0.9; v = 0.9 + 1 = 1.9, w = 0.9 − 0.19 = 0.71.
    const [first, second] = stepsOf(momentum({ learningRate: 0.1, momentum: 0.9 }), {
      weight: 1,
      gradients: [1, 1],
    });
    expect(first).toBeCloseTo(0.9, 6);
    expect(second).toBeCloseTo(0.71, 6);
  });

  test('throws when momentum is 1', () => {
    expect(() => momentum({ learningRate: 0.1, momentum: 1 })).toThrow(
      'Cannot make momentum: momentum must be a finite number from 0 to below 1, got 1',
    );
  });

  optimizerContract('momentum', (learningRate) => momentum({ learningRate }));
});
