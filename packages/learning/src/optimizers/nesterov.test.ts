import { describe, expect, test } from 'vitest';
import { optimizerContract, stepsOf } from './contract.js';
import { nesterov } from './nesterov.js';

describe('nesterov', () => {
  test('looks ahead along the velocity', () => {
    // v = 1, w = 1 − 0.1 (1 + 0.9) = 0.81; v = 1.9, w = 0.81 − 0.1 (1 + 0.9 · 1.9) = 0.81 − 0.271 = 0.539.
    const [first, second] = stepsOf(nesterov({ learningRate: 0.1, momentum: 0.9 }), {
      weight: 1,
      gradients: [1, 1],
    });
    expect(first).toBeCloseTo(0.81, 6);
    expect(second).toBeCloseTo(0.539, 6);
  });

  optimizerContract('nesterov', (learningRate) => nesterov({ learningRate }));
});
