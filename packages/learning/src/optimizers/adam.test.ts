import { describe, expect, test } from 'vitest';
import { adam } from './adam.js';
import { optimizerContract, stepsOf } from './contract.js';

describe('adam', () => {
  test('divides the corrected mean by the root of the corrected mean square', () => {
    // β1 = β2 = 0.5. g = 2: m = 1, corrected 1 / 0.5 = 2; v = 2, corrected 4; w = 1 − 0.1 · 2 / 2 = 0.9.
    // g = −2: m = 0.5 − 1 = −0.5, corrected −0.5 / 0.75 = −2/3; v = 1 + 2 = 3, corrected 4; w = 0.9 + 0.1/3.
    const optimizer = adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.5, epsilon: 0 });
    const [first, second] = stepsOf(optimizer, { weight: 1, gradients: [2, -2] });
    expect(first).toBeCloseTo(0.9, 6);
    expect(second).toBeCloseTo(0.9 + 0.1 / 3, 6);
  });

  test('makes a first step of the learning rate whatever the gradient', () => {
    const optimizer = adam({ learningRate: 0.1, epsilon: 0 });
    expect(stepsOf(optimizer, { weight: 1, gradients: [1e-3] })[0]).toBeCloseTo(0.9, 5);
    expect(stepsOf(optimizer, { weight: 1, gradients: [-1e3] })[0]).toBeCloseTo(1.1, 5);
  });

  test('throws when v starts above 0 and the bias is corrected', () => {
    expect(() => adam({ initialAccumulator: 1e-6 })).toThrow(
      'Cannot make adam: initialAccumulator must be 0 with biasCorrection, got 0.000001',
    );
    expect(() => adam({ biasCorrection: 'no' as never })).toThrow('biasCorrection must be true or false');
  });

  optimizerContract('adam', (learningRate) => adam({ learningRate }));
  optimizerContract('adam without correction', (learningRate) =>
    adam({ learningRate, biasCorrection: false }),
  );
});
