// Optimizers from a weight of 1 by a gradient of 2 in each step, worked out by hand.
import { expect, test } from 'vitest';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { stepsOf } from './contract.js';
import { momentum } from './momentum.js';
import { nesterov } from './nesterov.js';
import type { Optimizer } from './optimizer.js';

const traces: readonly (readonly [string, Optimizer, readonly number[]])[] = [
  // v = 2, 3, 3.5, 3.75: w falls by 0.01 v.
  ['momentum', momentum({ learningRate: 0.01, momentum: 0.5 }), [0.98, 0.95, 0.915, 0.8775]],
  // By 0.01 (2 + v / 2): 0.01 times 3, 3.5, 3.75, 3.875.
  ['nesterov', nesterov({ learningRate: 0.01, momentum: 0.5 }), [0.97, 0.935, 0.8975, 0.85875]],
  // Corrected, m is 2 and v is 4 in each step: by the rate.
  ['adam', adam({ learningRate: 0.1 }), [0.9, 0.8, 0.7, 0.6]],
  // a = 4, 8, 12, 16: by 0.01 · 2 / √a, that is 0.01, 0.0070711, 0.0057735, 0.005.
  [
    'adagrad',
    adagrad({ learningRate: 0.01, initialAccumulator: 0 }),
    [0.99, 0.9829289, 0.9771554, 0.9721554],
  ],
];

test.each(traces)('`%s` takes its four steps', (_, optimizer, expected) => {
  const steps = stepsOf(optimizer, { weight: 1, gradients: [2, 2, 2, 2] });
  // Adam's running powers of β2 = 0.999 are float32, and lose four digits of 1 − β2.
  const digits = optimizer.name === 'adam' ? 5 : 6;
  for (const [index, weight] of steps.entries()) expect(weight).toBeCloseTo(expected[index]!, digits);
});
