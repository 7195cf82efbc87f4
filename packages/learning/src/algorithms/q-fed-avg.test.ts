import { expect, test } from 'vitest';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { qFedAvg } from './q-fed-avg.js';

// From w = 0 the loss of (x, y) is y² / 2 and the gradient −x y. One step at a rate of 0.1 ends at x y / 10: of
// y = √8, x = 10 / √8 at 1, of y = √2, x = 5 / √2 at 0.5; the losses are 4 and 1.
const data = [points([10 / Math.sqrt(8), Math.sqrt(8)]), points([5 / Math.sqrt(2), Math.sqrt(2)])];
const options = { model: lineModel(0), learningRate: 0.1, batchSize: 1 } as const;

// L = 10: Δw = −10 and −5. Sums of F^q Δw over sums of q F^(q−1) Δw² + 10 F^q, with the sign turned.
test.each([
  [0, 0.75], // 15 / 20
  [1, 0.2571429], // (4 · 10 + 5) / (100 + 40 + 25 + 10)
  [2, 0.1617647], // (16 · 10 + 5) / (800 + 160 + 50 + 10)
  [5, 0.0740379], // (1024 · 10 + 5) / (5 · 256 · 100 + 10240 + 5 · 25 + 10)
])('`qFedAvg` with q = %s moves to %s', async (q, w) => {
  const { state } = await roundOf(qFedAvg({ ...options, q }), { data });
  expect(state.model['w']).toBeCloseTo(w, 6);
});

test('`qFedAvg` leaves out clients without examples', async () => {
  const { state } = await roundOf(qFedAvg({ ...options, q: 1 }), { data: [...data, points()] });
  expect(state.model['w']).toBeCloseTo(0.2571429, 6);
});

test('`qFedAvg` hardly moves for a client whose loss is 0', async () => {
  // q = 2 and F = 0: h is 0 in float32, and the client counts for nothing beside one of loss 1, which moves to
  // 5 / (2 · 25 + 10) = 1 / 12.
  const { state } = await roundOf(qFedAvg({ ...options, q: 2 }), { data: [points([1, 0]), data[1]!] });
  expect(state.model['w']).toBeCloseTo(1 / 12, 6);
});

test('`qFedAvg` takes no weighting', () => {
  expect(() => qFedAvg({ ...options, q: 1, weighting: 'uniform' } as never)).toThrow('Losses and q decide');
});
