import { describe, expect, test } from 'vitest';
import { momentum } from '../optimizers/momentum.js';
import { sgd } from '../optimizers/sgd.js';
import { exponentialDecay } from '../schedules/exponential-decay.js';
import { lineModel, points } from '../testing/line-model.js';
import { type RoundOutcome, roundOf } from '../testing/rounds-of.js';
import { type FedOptOptions, fedOpt } from './fed-opt.js';

// As in federated-averaging.test.ts: from w = 1 the clients' mean change is (2 · 0.05 + 1 · 0.2) / 3 = 0.1.
const cohort = [points([1, 2], [2, 2]), points([1, 3])];
const rounds = (changes: Pick<FedOptOptions, 'serverOptimizer'>, count = 1): Promise<RoundOutcome> =>
  roundOf(
    fedOpt({ model: lineModel(1), clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 2, ...changes }),
    { data: cohort },
    count,
  );

describe('fedOpt', () => {
  test('takes the server’s step by its optimizer', async () => {
    // Half of 0.1.
    const { state } = await rounds({ serverOptimizer: sgd({ learningRate: 0.5 }) });
    expect(state.model['w']).toBeCloseTo(1.05, 6);
  });

  test('keeps the state of the server’s optimizer from round to round', async () => {
    // Round 1: v = −0.1, w = 1.1. Round 2: A's gradients −0.9 and 0.2 · 2 = 0.4, mean −0.25: +0.025; B's −1.9: +0.19;
    // mean (0.05 + 0.19) / 3 = 0.08. v = 0.9 · −0.1 − 0.08 = −0.17, w = 1.27.
    const { state } = await rounds({ serverOptimizer: momentum({ learningRate: 1, momentum: 0.9 }) }, 2);
    expect(state.model['w']).toBeCloseTo(1.27, 6);
  });

  test('lets the server’s rate follow the rounds', async () => {
    // Round 1: +0.1, w = 1.1. Round 2: the mean of above, 0.08, at half the rate: w = 1.14.
    const learningRate = exponentialDecay({ initialRate: 1, factor: 0.5 });
    const { state } = await rounds({ serverOptimizer: sgd({ learningRate }) }, 2);
    expect(state.model['w']).toBeCloseTo(1.14, 6);
  });
});
