// What aggregates make of clients whose tensors differ in a dimension that the type leaves unknown.
import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { bothWays } from '../testing/both-ways.js';
import { atClients, float32 } from '../types/types.js';
import { federatedCollect } from './moves/federated-collect.js';
import { federatedSample } from './moves/federated-sample.js';
import { federatedMax } from './sums/federated-max.js';
import { federatedMean } from './sums/federated-mean.js';
import { federatedMin } from './sums/federated-min.js';
import { federatedSum } from './sums/federated-sum.js';

describe('an unknown dimension', () => {
  test('fails the round when clients differ in it, whichever aggregate it is', async () => {
    const type = atClients(float32(null));
    const different = [
      federatedComputation(type, (x) => federatedSum(x)),
      federatedComputation(type, (x) => federatedMean(x)),
      federatedComputation(type, (x) => federatedMin(x)),
      federatedComputation(type, (x) => federatedMax(x)),
      federatedComputation(type, (x) => federatedCollect(x)),
      federatedComputation(type, (x) => federatedSample(x, { maxSamples: 5 })),
    ];
    for (const computation of different) {
      for (const laneSize of [1, 2]) {
        const given = [[1, 2], [3, 4], [5]];
        await expect(bothWays(computation, given, { laneSize })).rejects.toThrow(TypeMismatchError);
      }
    }
  });

  test('fails the round when an empty tensor meets another one, but in a sum, to which it adds nothing', async () => {
    const type = atClients(float32(null));
    const strict = [
      federatedComputation(type, (x) => federatedMean(x)),
      federatedComputation(type, (x) => federatedMin(x)),
      federatedComputation(type, (x) => federatedMax(x)),
    ];
    const sum = federatedComputation(type, (x) => federatedSum(x));
    for (const given of [
      [[], [1, 2]],
      [[1, 2], [], [3, 4]],
    ]) {
      for (const laneSize of [1, 2, 3]) {
        for (const computation of strict) {
          await expect(bothWays(computation, given, { laneSize })).rejects.toThrow(TypeMismatchError);
        }
      }
    }
    expect(await bothWays(sum, [[1, 2], [], [3, 4]])).toMatchObject({
      shape: [2],
      data: Float32Array.of(4, 6),
    });
  });

  test('gives an aggregate without elements when all clients have an empty tensor, of their shape', async () => {
    const type = atClients(float32(null, null));
    const rows = { dtype: 'float32', shape: [0, 3], data: new Float32Array() } as const;
    const strict = [
      federatedComputation(type, (x) => federatedMean(x)),
      federatedComputation(type, (x) => federatedMin(x)),
      federatedComputation(type, (x) => federatedMax(x)),
    ];
    for (const computation of strict) {
      for (const laneSize of [1, 2]) {
        expect(await bothWays(computation, [rows, rows, rows], { laneSize })).toEqual(rows);
      }
    }
  });
});
