import { describe, expect, test } from 'vitest';
import { clippedByValue } from './clipped-by-value.js';
import { optimizerContract, stepsOf } from './contract.js';
import { sgd } from './sgd.js';

describe('clippedByValue', () => {
  test('brings every element of the gradient into the range', () => {
    const optimizer = clippedByValue(sgd({ learningRate: 1 }), { clipValue: 2 });
    expect(stepsOf(optimizer, { weight: 0, gradients: [5, -7, 1.5] })).toEqual([-2, 0, -1.5]);
  });

  optimizerContract('clippedByValue', (learningRate) =>
    clippedByValue(sgd({ learningRate }), { clipValue: 1 }),
  );
});
