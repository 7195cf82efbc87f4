import { describe, expect, test } from 'vitest';
import { adamW } from './adam-w.js';
import { optimizerContract, stepsOf } from './contract.js';

describe('adamW', () => {
  test('shrinks the weights beside the step of Adam', () => {
    // (1 − 0.1 · 0.5) · 1 = 0.95, less a first step of Adam of 0.1.
    const optimizer = adamW({ learningRate: 0.1, weightDecay: 0.5, epsilon: 0 });
    expect(stepsOf(optimizer, { weight: 1, gradients: [3] })[0]).toBeCloseTo(0.85, 5);
  });

  optimizerContract('adamW', (learningRate) => adamW({ learningRate }));
});
