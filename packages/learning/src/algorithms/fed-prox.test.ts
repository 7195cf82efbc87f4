import { expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { fedProx } from './fed-prox.js';

// Two epochs of one step each from w = 1 at a rate of 0.1. A holds (1, 2), (2, 2): gradient (5 w − 6) / 2; B holds
// (1, 3): gradient w − 3.
const data = [points([1, 2], [2, 2]), points([1, 3])];
const clientOptimizer = sgd({ learningRate: 0.1 });
const options = { model: lineModel(1), clientOptimizer, batchSize: 2, epochs: 2 } as const;

test('`fedProx` adds μ (w − w_t) to each gradient', async () => {
  // With μ = 2. A: 1 → 1.05, then −0.375 + 2 · 0.05 = −0.275: 1.0775. B: 1 → 1.2, then −1.8 + 2 · 0.2 = −1.4: 1.34.
  // (2 · 0.0775 + 0.34) / 3 = 0.165.
  const { state } = await roundOf(fedProx({ ...options, proximalStrength: 2 }), { data });
  expect(state.model['w']).toBeCloseTo(1.165, 6);
});

test('`fedProx` without a strength is federated averaging', async () => {
  // A: 1 → 1.05 → 1.0875. B: 1 → 1.2 → 1.38. (2 · 0.0875 + 0.38) / 3 = 0.185.
  const { state } = await roundOf(fedProx({ ...options, proximalStrength: 0 }), { data });
  expect(state.model['w']).toBeCloseTo(1.185, 6);
});

test('`fedProx` says how μ is called', () => {
  expect(() => fedProx({ ...options, mu: 1 } as never)).toThrow(
    "got 'mu'. It is called proximalStrength here",
  );
  expect(() => fedProx(options as never)).toThrow(
    'proximalStrength must be a finite number >= 0, got undefined',
  );
});
