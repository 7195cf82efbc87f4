import { tf } from '@starling/compute';
import { expect, test } from 'vitest';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { fedNova } from './fed-nova.js';

// Batches of one from w = 1 at a rate of 0.1. A holds (1, 2) twice, gradient w − 2: two steps. B holds (1, 3), gradient
// w − 3: one step. Shares 2/3 and 1/3.
const data = [points([1, 2], [1, 2]), points([1, 3])];
const options = { model: lineModel(1), learningRate: 0.1, batchSize: 1 } as const;

test('`fedNova` averages changes by step, and takes as many as the mean client', async () => {
  // A: 1 → 1.1 → 1.19, by step 0.095. B: 1.2, by step 0.2. Directions (2 · 0.095 + 0.2) / 3 = 0.13; steps
  // (2 · 2 + 1) / 3 = 5/3. Federated averaging would move by (2 · 0.19 + 0.2) / 3 = 0.1933.
  const { state } = await roundOf(fedNova(options), { data });
  expect(state.model['w']).toBeCloseTo(1 + (0.13 * 5) / 3, 6);
});

test('`fedNova` counts how often momentum repeats a gradient', async () => {
  // ρ = 0.5. A: v = −1, 1.1; v = −0.5 − 0.9 = −1.4, 1.24. Its first gradient counts 1.5 times, its second once: 2.5.
  // B: 1.
  // Directions (2 · 0.24 / 2.5 + 0.2) / 3 = 0.392 / 3; norms (2 · 2.5 + 1) / 3 = 2.
  const { state } = await roundOf(fedNova({ ...options, momentum: 0.5 }), { data });
  expect(state.model['w']).toBeCloseTo(1 + (0.392 / 3) * 2, 6);
});

test('`fedNova` takes a client that did nothing for a zero of no steps', async () => {
  // No client moves: 0 by 0 steps is 0.
  const epochs = (round: tf.Tensor) => tf.mul(round, tf.scalar(0, 'int32'));
  const { state } = await roundOf(fedNova({ ...options, epochs }), { data });
  expect(state.model['w']).toBe(1);
});

test('`fedNova` has clients train by SGD or momentum alone', () => {
  expect(() => fedNova({ ...options, clientOptimizer: 1 } as never)).toThrow(
    'Clients train by SGD or momentum',
  );
});
