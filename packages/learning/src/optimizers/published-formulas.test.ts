// Optimizers against their formulas as published, in plain float64: 20 steps each, on gradients of both signs and of
// sizes from 0.002 to 5. The formulas here share nothing with the implementations but the paper.
import { describe, expect, test } from 'vitest';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamW } from './adam-w.js';
import { stepsOf } from './contract.js';
import { momentum } from './momentum.js';
import { nesterov } from './nesterov.js';
import type { Optimizer } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { yogi } from './yogi.js';

const gradients = Array.from({ length: 20 }, (_, t) => 5 ** Math.sin(3 * t) * Math.cos(2 * t + 0.1));

/** A step: the gradient of step t = 1, 2, … → the change of the weight. */
type Formula = (gradient: number, t: number) => number;

/** Weights after each step, from 1; `shrink` is what the weight is multiplied by first. */
function walk(formula: Formula, shrink = 1): number[] {
  let weight = 1;
  return gradients.map((gradient, index) => {
    weight = weight * shrink - formula(gradient, index + 1);
    return weight;
  });
}

function sgdMomentum(rate: number, decay: number, lookAhead: boolean): Formula {
  let v = 0;
  return (g) => {
    v = decay * v + g;
    return rate * (lookAhead ? g + decay * v : v);
  };
}

function kingmaBa(rate: number, beta1: number, beta2: number, epsilon: number): Formula {
  let m = 0;
  let v = 0;
  return (g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    return (rate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  };
}

type Server = 'adagrad' | 'yogi' | 'adam';

/**
 * Reddi et al., ICLR 2021, Algorithm 2, in its own signs: Δ is minus the gradient, x ← x + η m / (√v + τ). v starts
 * from τ², the least that the algorithm allows.
 */
function algorithm2(server: Server, rate: number, beta1: number, beta2: number, tau: number): Formula {
  let m = 0;
  let v = tau ** 2;
  return (gradient) => {
    const delta = -gradient;
    m = beta1 * m + (1 - beta1) * delta;
    if (server === 'adagrad') v = v + delta ** 2;
    if (server === 'yogi') v = v - (1 - beta2) * delta ** 2 * Math.sign(v - delta ** 2);
    if (server === 'adam') v = beta2 * v + (1 - beta2) * delta ** 2;
    return -(rate * m) / (Math.sqrt(v) + tau);
  };
}

const rate = { learningRate: 0.1 };
const tau = { epsilon: 1e-3, initialAccumulator: 1e-6 };
const cases: readonly (readonly [string, Optimizer, readonly number[]])[] = [
  ['momentum', momentum({ ...rate, momentum: 0.8 }), walk(sgdMomentum(0.1, 0.8, false))],
  ['nesterov', nesterov({ ...rate, momentum: 0.8 }), walk(sgdMomentum(0.1, 0.8, true))],
  ['adam', adam({ ...rate, epsilon: 1e-3 }), walk(kingmaBa(0.1, 0.9, 0.999, 1e-3))],
  ['adamW', adamW({ ...rate, weightDecay: 0.5 }), walk(kingmaBa(0.1, 0.9, 0.999, 1e-7), 1 - 0.1 * 0.5)],
  ['rmsProp', rmsProp({ ...rate, epsilon: 1e-3 }), walk(rootMeanSquare(0.1, 0.9, 1e-3))],
  ['adagrad as FedAdagrad', adagrad({ ...rate, ...tau }), walk(algorithm2('adagrad', 0.1, 0, 0, 1e-3))],
  [
    'adagrad with beta1 as FedAdagrad',
    adagrad({ ...rate, ...tau, beta1: 0.9 }),
    walk(algorithm2('adagrad', 0.1, 0.9, 0, 1e-3)),
  ],
  [
    'adam without the correction as FedAdam',
    adam({ ...rate, ...tau, beta2: 0.99, biasCorrection: false }),
    walk(algorithm2('adam', 0.1, 0.9, 0.99, 1e-3)),
  ],
  ['yogi as FedYogi', yogi({ ...rate, beta2: 0.99 }), walk(algorithm2('yogi', 0.1, 0.9, 0.99, 1e-3))],
];

function rootMeanSquare(rate: number, decay: number, epsilon: number): Formula {
  let v = 0;
  return (g) => {
    v = decay * v + (1 - decay) * g ** 2;
    return (rate * g) / (Math.sqrt(v) + epsilon);
  };
}

describe('optimizers', () => {
  test.each(cases)('%s follows its formula for 20 steps', (_, optimizer, expected) => {
    for (const [step, weight] of stepsOf(optimizer, { weight: 1, gradients }).entries()) {
      expect(weight).toBeCloseTo(expected[step] as number, 5);
    }
  });

  test('adam corrects the bias unless it is asked not to, which FedAdam does not', () => {
    // The first step of η = 0.1 at g = 1 with β1 = 0.9, β2 = 0.99, τ = 0.001, v = τ²: m = 0.1, v = 0.99e-6 + 0.01,
    // √v = 0.10000495; 0.1 · 0.1 / 0.10100495 = 0.0990050. With the correction: 0.1 · 1 / (1 + 0.001) = 0.0999001.
    const options = { learningRate: 0.1, beta2: 0.99, epsilon: 1e-3 };
    const plain = adam({ ...options, biasCorrection: false, initialAccumulator: 1e-6 });
    expect(stepsOf(plain, { weight: 1, gradients: [1] })[0]).toBeCloseTo(1 - 0.099005, 6);
    expect(stepsOf(adam(options), { weight: 1, gradients: [1] })[0]).toBeCloseTo(1 - 0.0999001, 6);
    // With β2 = 0.99 a lasting gradient then steps by m / √v: at t = 2, m = 0.19, v = 0.0199 + 0.98e-6, √v = 0.1410708;
    // 0.1 · 0.19 / 0.1420708 = 0.1337361, beyond the rate, where the correction keeps to 0.0999001.
    const [first, second] = stepsOf(plain, { weight: 1, gradients: [1, 1] }) as [number, number];
    expect(first - second).toBeCloseTo(0.1337361, 6);
  });
});
