import { describe, expect, test } from 'vitest';
import { optimizerContract, stepsOf } from './contract.js';
import { sgd } from './sgd.js';

describe('sgd', () => {
  test('moves against the gradient by the learning rate', () => {
    // 1 − 0.1 · 2 = 0.8; 0.8 − 0.1 · −5 = 1.3.
    const [first, second] = stepsOf(sgd({ learningRate: 0.1 }), { weight: 1, gradients: [2, -5] });
    expect(first).toBeCloseTo(0.8, 6);
    expect(second).toBeCloseTo(1.3, 6);
  });

  test('throws when the learning rate is not a number', () => {
    expect(() => sgd({ learningRate: Number.NaN })).toThrow(
      'Cannot make sgd: learningRate must be a finite number >= 0, got NaN',
    );
  });

  optimizerContract('sgd', (learningRate) => sgd({ learningRate }));
});
