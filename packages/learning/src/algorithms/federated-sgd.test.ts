import { expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { federatedSgd } from './federated-sgd.js';

// At w = 1: A holds (1, 2), (2, 2): gradients (1 − 2) 1 = −1 and (2 − 2) 2 = 0, mean −0.5. B holds (1, 3): −2.
const data = [points([1, 2], [2, 2]), points([1, 3])];
const optimizer = sgd({ learningRate: 0.1 });

test('`federatedSgd` steps by the gradient of the mean loss over all examples', async () => {
  // (2 · −0.5 + 1 · −2) / 3 = −1: the mean of −1, 0 and −2.
  const { state, metrics } = await roundOf(federatedSgd({ model: lineModel(1), optimizer }), { data });
  expect(state.model['w']).toBeCloseTo(1.1, 6);
  // Losses 0.5, 0 and 2, each example once.
  expect(metrics).toMatchObject({ loss: expect.closeTo(2.5 / 3, 6), examples: 3 });
});

test('`federatedSgd` counts clients the same where weighting is uniform', async () => {
  // (−0.5 − 2) / 2 = −1.25.
  const process = federatedSgd({ model: lineModel(1), optimizer, weighting: 'uniform' });
  expect((await roundOf(process, { data })).state.model['w']).toBeCloseTo(1.125, 6);
});

test('`federatedSgd` refuses options of clients that train', () => {
  expect(() => federatedSgd({ model: lineModel(1), optimizer, epochs: 2 } as never)).toThrow(
    "Cannot descend by gradients of clients: need options { model, aggregator, finiteState, optimizer, weighting }, got 'epochs'",
  );
});
