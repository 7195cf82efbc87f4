import { tf } from '@starling/compute';
import { float32, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kMeansModel } from '../models/k-means-model.js';
import { roundsOf } from '../testing/rounds-of.js';
import { federatedKMeans } from './federated-k-means.js';

const start = tensor('float32', [2, 1], Float32Array.of(0, 10));
const model = kMeansModel({ example: float32(1), initialCentroids: start });
const clients = (...all: number[][]): { data: unknown[] } => ({ data: all.map((xs) => xs.map((x) => [x])) });
const centroidsOf = ({ state }: { state: { model: { readonly [name: string]: unknown } } }): number[] => [
  ...(state.model['centroids'] as { readonly data: Float32Array }).data,
];

describe('federatedKMeans', () => {
  test('moves centroids to the means of all points that were nearest to them', async () => {
    // Round 1, A with 1, 2, 9 and B with 3, 12: 1, 2, 3 are nearest to 0, mean 2; 9, 12 to 10, mean 10.5.
    // Round 2, A with 5: nearest to 2, the fourth point there: (6 + 5) / 4 = 2.75.
    const rounds = [clients([1, 2, 9], [3, 12]), clients([5], [])];
    const outcomes = await roundsOf(federatedKMeans({ model, batchSize: 2 }), (round) => rounds[round]!, 2);
    const [first, second] = outcomes.map(centroidsOf) as [number[], number[]];
    expect(first[0]).toBeCloseTo(2, 6);
    expect(first[1]).toBeCloseTo(10.5, 6);
    expect(second[0]).toBeCloseTo(2.75, 6);
    expect(second[1]).toBeCloseTo(10.5, 6);
    // Squared distances before round 1: 1, 4, 1, 9 and 4.
    expect(outcomes[0]!.metrics).toEqual({ loss: expect.closeTo(19 / 5, 6), examples: 5 });
    expect((outcomes[1]!.state['finalizer'] as { counts: { data: Float32Array } }).counts.data).toEqual(
      Float32Array.of(4, 2),
    );
  });

  test('leaves centroids where they are without points', async () => {
    const [outcome] = await roundsOf(federatedKMeans({ model }), clients([], []));
    expect(centroidsOf(outcome!)).toEqual([0, 10]);
  });

  test('takes features of other examples', async () => {
    const example = struct({ height: float32() });
    const features = ({ height }: { readonly height: tf.Tensor }) => tf.expandDims(height, 1);
    const other = kMeansModel({ example, initialCentroids: start, features });
    const data = [[{ height: 1 }, { height: 3 }]];
    const [outcome] = await roundsOf(federatedKMeans({ model: other }), { data });
    expect(centroidsOf(outcome!)).toEqual([2, 10]);
  });

  test('refuses examples that are no points', () => {
    expect(() => kMeansModel({ example: float32(2), initialCentroids: start })).toThrow(
      'points of a batch must be [batch, 1], got [',
    );
    expect(() =>
      kMeansModel({ example: float32(1), initialCentroids: tensor('float32', [2], Float32Array.of(0, 1)) }),
    ).toThrow('initialCentroids must be [clusters, numbers of a point], at least one, got [2]');
  });
});
