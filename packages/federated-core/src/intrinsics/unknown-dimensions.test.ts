// What aggregates make of clients whose tensors differ in a dimension that the type leaves unknown.
import { describe, expect, it } from 'vitest';
import { TypeMismatchError } from '../errors/starling-error.js';
import { federatedComputation } from '../expression/federated-computation.js';
import { both } from '../testing/both.js';
import { atClients, float32 } from '../types/types.js';
import { federatedCollect } from './federated-collect.js';
import { federatedMax } from './federated-max.js';
import { federatedMean } from './federated-mean.js';
import { federatedMin } from './federated-min.js';
import { federatedSample } from './federated-sample.js';
import { federatedSum } from './federated-sum.js';

describe('an unknown dimension', () => {
  it('fails the round when clients differ in it, whichever aggregate it is', async () => {
    const type = atClients(float32(null));
    const different = [
      federatedComputation(type, (x) => federatedSum(x)),
      federatedComputation(type, (x) => federatedMean(x)),
      federatedComputation(type, (x) => federatedMin(x)),
      federatedComputation(type, (x) => federatedMax(x)),
      federatedComputation(type, (x) => federatedCollect(x)),
      federatedComputation(type, (x) => federatedSample(x, 5)),
    ];
    for (const computation of different) {
      for (const laneSize of [1, 2]) {
        const given = [[1, 2], [3, 4], [5]];
        await expect(both(computation, given, { laneSize })).rejects.toThrow(TypeMismatchError);
      }
    }
  });
});
