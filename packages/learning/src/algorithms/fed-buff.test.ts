import { clipped, discountedMean } from '@starling/aggregators';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { type FedBuffOptions, fedBuff } from './fed-buff.js';

// From w = 1: the gradients of A's points are (1 − 2) · 1 = −1 and (2 − 2) · 2 = 0, their mean −0.5: Δ = 0.05. B's
// gradient is (1 − 3) · 1 = −2: Δ = 0.2.
const cohort = [points([1, 2], [2, 2]), points([1, 3])];
const options: FedBuffOptions = {
  model: lineModel(1),
  clientOptimizer: sgd({ learningRate: 0.1 }),
  batchSize: 2,
};

describe('fedBuff', () => {
  test('moves the weights by the plain mean of the changes where nothing is stale', async () => {
    // (0.05 + 0.2) / 2, although A has twice as many examples.
    const { state } = await roundOf(fedBuff(options), { data: cohort });
    expect(state.model['w']).toBeCloseTo(1.125, 6);
  });

  test('takes the server’s learning rate times it', async () => {
    const { state } = await roundOf(fedBuff({ ...options, serverLearningRate: 0.4 }), { data: cohort });
    expect(state.model['w']).toBeCloseTo(1.05, 6);
  });

  test('takes an aggregator that discounts, and no discount besides', async () => {
    // B's change is cut to 0.1: (0.05 + 0.1) / 2.
    const aggregator = clipped(discountedMean({ weighted: false }), { norm: 0.1 });
    const { state } = await roundOf(fedBuff({ ...options, aggregator }), { data: cohort });
    expect(state.model['w']).toBeCloseTo(1.075, 5);
    expect(() => fedBuff({ ...options, aggregator, discount: 1 })).toThrow(
      'Cannot average by FedBuff: discount and aggregator cannot both be given. Write aggregator: clipped(discountedMean({ discount }), …)',
    );
  });

  test('says where K and the clients at work belong', () => {
    expect(() => fedBuff({ ...options, buffer: 10 } as never)).toThrow(
      'It is an option of the run: runRounds({ process, asynchronous: { buffer, concurrency }, … })',
    );
  });
});
