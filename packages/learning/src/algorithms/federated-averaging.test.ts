import { clipped, meanAggregator, zeroed } from '@starling/aggregators';
import { random, tf, tfl } from '@starling/compute';
import { float32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { piecewiseRate } from '../schedules/piecewise-rate.js';
import { lineModel, points } from '../testing/line-model.js';
import { type RoundOutcome, roundOf } from '../testing/rounds-of.js';
import { type FederatedAveragingOptions, federatedAveraging } from './federated-averaging.js';

// Two clients, all of whose examples are one batch. From w = 1, with a learning rate of 0.1:
// A holds (1, 2), (2, 2): gradients (1 − 2) 1 = −1 and (2 − 2) 2 = 0, mean −0.5: it sends +0.05.
// B holds (1, 3): gradient (1 − 3) 1 = −2: it sends +0.2.
const cohort = [points([1, 2], [2, 2]), points([1, 3])];
const options: FederatedAveragingOptions = {
  model: lineModel(1),
  clientOptimizer: sgd({ learningRate: 0.1 }),
  batchSize: 2,
};

const rounds = (
  changes: Partial<FederatedAveragingOptions>,
  count = 1,
  data: readonly unknown[] = cohort,
): Promise<RoundOutcome> => roundOf(federatedAveraging({ ...options, ...changes }), { data }, count);

describe('federatedAveraging', () => {
  test('averages the clients’ updates by their numbers of examples', async () => {
    // (2 · 0.05 + 1 · 0.2) / 3 = 0.1.
    const { state } = await rounds({});
    expect(state.model['w']).toBeCloseTo(1.1, 6);
  });

  test('reports means over all examples of the cohort', async () => {
    // Losses 0.5, 0 and 2; errors 1, 0 and 2: over three examples, not over two clients.
    const { metrics } = await rounds({});
    expect(metrics['loss']).toBeCloseTo(2.5 / 3, 6);
    expect(metrics['error']).toBeCloseTo(1, 6);
    expect(metrics['examples']).toBe(3);
  });

  test('averages updates all the same when weighting is uniform', async () => {
    // (0.05 + 0.2) / 2 = 0.125.
    const { state } = await rounds({ weighting: 'uniform' });
    expect(state.model['w']).toBeCloseTo(1.125, 6);
  });

  test('averages updates by the examples that clients processed', async () => {
    // One step of two examples. A has three of (1, 2), sends +0.1 and has processed two; B sends +0.2 of its one:
    // (2 · 0.1 + 1 · 0.2) / 3 = 0.4 / 3. By examples it is (3 · 0.1 + 1 · 0.2) / 4 = 0.125.
    const data = [points([1, 2], [1, 2], [1, 2]), points([1, 3])];
    const by = async (weighting: 'processed' | 'examples') =>
      (await rounds({ weighting, steps: 1 }, 1, data)).state;
    expect((await by('processed')).model['w']).toBeCloseTo(1 + 0.4 / 3, 6);
    expect((await by('examples')).model['w']).toBeCloseTo(1.125, 6);
  });

  test('leaves out clients that did no epoch by processed, and counts their zeros by examples', async () => {
    // A and B both do nothing: the mean of zeros, and no weight at all.
    const epochs = (round: tf.Tensor) => round;
    expect((await rounds({ weighting: 'examples', epochs })).state.model['w']).toBe(1);
    await expect(rounds({ weighting: 'processed', epochs })).rejects.toThrow('total weight');
  });

  test.each(['examples', 'uniform', 'processed'] as const)(
    'leaves out a client without examples by %s',
    async (weighting) => {
      // As without it: 1.1 and 1.125.
      const { state } = await rounds({ weighting }, 1, [...cohort, points()]);
      expect(state.model['w']).toBeCloseTo(weighting === 'uniform' ? 1.125 : 1.1, 6);
    },
  );

  test('refuses a client whose loss is NaN before its aggregator sees the update, which zeroed would catch', async () => {
    const aggregator = zeroed(meanAggregator(), { norm: 10 });
    const { state, metrics } = await rounds({ aggregator }, 1, [...cohort, points([1, Number.NaN])]);
    expect(state.model['w']).toBeCloseTo(1.1, 6);
    expect(metrics['examples']).toBe(3);
    expect(metrics['aggregation']).toEqual({ zeroed: 0, inner: {} });
  });

  test('lets the clients’ rate follow the rounds', async () => {
    // Round 1 at 0.1: w = 1.1. Round 2 at 0.2: twice 0.08, w = 1.26.
    const schedule = piecewiseRate({ rates: [0.1, 0.2], boundarySteps: [1] });
    const clientOptimizer = (round: tf.Tensor) => sgd({ learningRate: schedule(round) });
    const { state } = await rounds({ clientOptimizer }, 2);
    expect(state.model['w']).toBeCloseTo(1.26, 6);
    expect(state).toMatchObject({ clientWork: { round: 2 } });
  });

  test('lets the clients’ rate follow the steps of each round', async () => {
    // Only the first of two epochs moves: as one epoch, in the first round (w = 1.1) and in the second (+0.08).
    const learningRate = piecewiseRate({ rates: [0.1, 0], boundarySteps: [1] });
    const { state } = await rounds({ clientOptimizer: sgd({ learningRate }), epochs: 2 }, 2);
    expect(state.model['w']).toBeCloseTo(1.18, 6);
  });

  test('lets the clients’ epochs follow the rounds', async () => {
    // Round 1, one epoch: w = 1.1. Round 2, two epochs, each one step of 0.1 along the mean gradient:
    // A, (5 w − 6) / 2: 1.1 → 1.125 → 1.14375. B, w − 3: 1.1 → 1.29 → 1.461. (2 · 0.04375 + 0.361) / 3 = 0.1495.
    const { state, metrics } = await rounds({ epochs: (round) => round.add(tf.scalar(1, 'int32')) }, 2);
    expect(state.model['w']).toBeCloseTo(1.2495, 6);
    expect(state).toMatchObject({ clientWork: { round: 2 } });
    expect(metrics['examples']).toBe(6);
  });

  test('has each client draw its own number of epochs in each round', async () => {
    const many = Array.from({ length: 12 }, () => points([1, 1]));
    const epochs = () => random.uniform([], 0, 10).floor().toInt();
    const [one, two] = [await rounds({ epochs }, 1, many), await rounds({ epochs }, 2, many)];
    const [first, second] = [one.metrics['examples'] as number, two.metrics['examples'] as number];
    // Twelve numbers from 0 to 9: mean 54, standard deviation 9.95.
    for (const sum of [first, second]) expect(Math.abs(sum - 54)).toBeLessThan(45);
    expect(first % 12 === 0 && second % 12 === 0).toBe(false);
  });

  test('counts a client’s work in steps', async () => {
    // Two steps of one batch each are the two epochs above, from w = 1: A 1 → 1.05 → 1.0875; B 1 → 1.2 → 1.38.
    const { state } = await rounds({ steps: 2 });
    expect(state.model['w']).toBeCloseTo(1 + (2 * 0.0875 + 0.38) / 3, 6);
  });

  test('refuses counts that are no int32 scalar', () => {
    expect(() => federatedAveraging({ ...options, epochs: () => tf.scalar(1.5) })).toThrow('int32');
  });

  test('reports what the aggregator measures', async () => {
    // Updates 0.05 and 0.2; the second is clipped to 0.125: (2 · 0.05 + 0.125) / 3 = 0.075.
    const aggregator = clipped(meanAggregator(), { norm: 0.125 });
    const { state, metrics } = await rounds({ aggregator });
    expect(state.model['w']).toBeCloseTo(1.075, 6);
    expect(metrics['aggregation']).toEqual({ clipped: 1, inner: {} });
  });

  test('averages weights that training moves without gradients', async () => {
    // Batch normalisation with momentum 0.5 moves the kept mean from 0 to half the batch's mean: clients with batches
    // (1, 3) and (4, 4) send 1 and 2, and count the same: 1.5.
    const model = layersModel(
      () => tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [1], momentum: 0.5 })] }),
      { example: struct({ x: float32(1), y: float32() }), loss: meanSquaredError },
    );
    const column = (...xs: number[]): unknown => xs.map((x) => ({ x: [x], y: 0 }));
    const { state } = await rounds({ model, batchSize: 2 }, 1, [column(1, 3), column(4, 4)]);
    const mean = state.model['batch_normalization_1_moving_mean'] as { readonly data: Float32Array };
    expect(mean.data[0]).toBeCloseTo(1.5, 6);
  });

  test('keeps a client without examples out of the average', async () => {
    const { state } = await rounds({}, 1, [...cohort, points()]);
    expect(state.model['w']).toBeCloseTo(1.1, 6);
  });

  test('throws when no client has an example', async () => {
    await expect(rounds({}, 1, [points()])).rejects.toThrow('total weight');
  });
});
