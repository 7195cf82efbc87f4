import { compilePlan, inspectPlan } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { ditto } from './ditto.js';
import { federatedAveraging } from './federated-averaging.js';
import { withClientLosses } from './with-client-losses.js';

const model = lineModel(0);
const averaging = federatedAveraging({ model, clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 1 });
const data = [points([1, 2], [2, 2]), points([1, 4])];

describe('withClientLosses', () => {
  test('tells the loss of each client before it trains, and leaves all else as it was', async () => {
    const plain = await roundOf(averaging, { data });
    const { state, metrics } = await roundOf(withClientLosses(averaging), { data });
    // Half of the squares of 2 and 2, and of 4: means of 2 and 8, whatever the steps make of the weight.
    expect([...(metrics['losses'] as Iterable<number>)]).toEqual([2, 8]);
    expect(state).toEqual(plain.state);
    expect(metrics['loss']).toBe(plain.metrics['loss']);
    expect(metrics['examples']).toBe(3);
  });

  test('needs one round trip, and says that it reveals', () => {
    const { phases, revealing } = inspectPlan(compilePlan(withClientLosses(averaging).next));
    expect([phases.length, revealing]).toEqual([1, true]);
  });

  test('refuses a process whose clients keep something', () => {
    const kept = ditto({
      model,
      clientOptimizer: sgd({ learningRate: 0.1 }),
      personalLearningRate: 0.1,
      personalStrength: 1,
      batchSize: 1,
    });
    expect(() => withClientLosses(kept as never)).toThrow(
      'Cannot collect the losses of clients: need a process of learning whose clients keep nothing, got another',
    );
  });
});
