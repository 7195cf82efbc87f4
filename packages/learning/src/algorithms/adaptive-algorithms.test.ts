// FedAvgM, FedAdagrad, FedAdam and FedYogi on two clients, against their equations in float64.
import type { IterativeProcess } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundsOf } from '../testing/rounds-of.js';
import { fedAdagrad } from './fed-adagrad.js';
import { fedAdam } from './fed-adam.js';
import { fedAvgM } from './fed-avg-m.js';
import { fedYogi } from './fed-yogi.js';

// One step each at a rate of 0.1. A holds (1, 2), (2, 2): gradient (5 w − 6) / 2. B holds (1, 3): gradient w − 3. By
// examples: Δ = −0.1 (2 (5 w − 6) / 2 + w − 3) / 3 = 0.3 − 0.2 w.
const data = [points([1, 2], [2, 2]), points([1, 3])];
const meanChange = (w: number): number => 0.3 - 0.2 * w;
const options = { model: lineModel(1), clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 2 } as const;

/** The weights after each of three rounds, from 1; `step` gives how far the server moves by Δ. */
function walk(step: (delta: number) => number): number[] {
  let w = 1;
  return [0, 1, 2].map(() => (w += step(meanChange(w))));
}

/** Algorithm 2: m and v by β1 and `next`, then η m / (√v + τ), with v from τ². */
function algorithm2(eta: number, beta1: number, tau: number, next: (v: number, square: number) => number) {
  let [m, v] = [0, tau ** 2];
  return walk((delta) => {
    m = beta1 * m + (1 - beta1) * delta;
    v = next(v, delta ** 2);
    return (eta * m) / (Math.sqrt(v) + tau);
  });
}

function withMomentum(eta: number, beta: number) {
  let v = 0;
  return walk((delta) => {
    v = beta * v + delta;
    return eta * v;
  });
}

const adam = (v: number, square: number): number => 0.99 * v + 0.01 * square;
const cases: readonly (readonly [string, IterativeProcess, readonly number[]])[] = [
  ['fedAvgM', fedAvgM(options), withMomentum(1, 0.9)],
  ['fedAvgM', fedAvgM({ ...options, serverLearningRate: 0.5, serverMomentum: 0.7 }), withMomentum(0.5, 0.7)],
  [
    'fedAdagrad',
    fedAdagrad({ ...options, serverLearningRate: 0.1 }),
    algorithm2(0.1, 0, 1e-3, (v, square) => v + square),
  ],
  [
    'fedAdagrad with β1',
    fedAdagrad({ ...options, serverLearningRate: 0.1, beta1: 0.5, tau: 0.1 }),
    algorithm2(0.1, 0.5, 0.1, (v, square) => v + square),
  ],
  ['fedAdam', fedAdam({ ...options, serverLearningRate: 0.1 }), algorithm2(0.1, 0.9, 1e-3, adam)],
  [
    'fedYogi',
    fedYogi({ ...options, serverLearningRate: 0.1, beta1: 0.5, beta2: 0.9, tau: 0.05 }),
    algorithm2(0.1, 0.5, 0.05, (v, square) => v - 0.1 * square * Math.sign(v - square)),
  ],
];

describe('adaptive algorithms', () => {
  test.each(cases)('%s follows its equations', async (_, process, expected) => {
    const outcomes = await roundsOf(process, { data }, 3);
    for (const [round, { state }] of outcomes.entries()) {
      expect(state.model['w']).toBeCloseTo(expected[round]!, 5);
    }
  });

  test('fedAvgM carries on along the mean change', () => {
    // Δ = 0.1, w = 1.1; Δ = 0.08, v = 0.9 · 0.1 + 0.08 = 0.17, w = 1.27; Δ = 0.046, v = 0.199, w = 1.469.
    expect(withMomentum(1, 0.9).map((w) => w.toFixed(3))).toEqual(['1.100', '1.270', '1.469']);
  });

  test('are refused with options that they have not', () => {
    expect(() => fedAdagrad({ ...options, serverLearningRate: 0.1, beta2: 0.9 } as never)).toThrow(
      "got 'beta2'",
    );
    expect(() => fedAdam(options as never)).toThrow(
      'serverLearningRate must be a finite number >= 0, a scalar tensor or a schedule, got undefined',
    );
    expect(() => fedAdam({ ...options, serverLearningRate: 0.1, tau: 0 })).toThrow('tau must be');
  });
});
