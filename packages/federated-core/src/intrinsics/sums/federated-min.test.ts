import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { EmptyAggregateError } from '../../errors/starling-error.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, float32 } from '../../types/types.js';
import { federatedMax } from './federated-max.js';
import { federatedMin } from './federated-min.js';

describe('federatedMin and federatedMax', () => {
  test('`federatedMin` and `federatedMax` fail the round when no client reports', async () => {
    const least = federatedComputation(atClients(float32()), (x) => federatedMin(x));
    expect(await bothWays(least, [3, -1, 2])).toBe(-1);
    await expect(bothWays(least, [])).rejects.toThrow(EmptyAggregateError);
    // A NaN refuses its client, so that nobody is left.
    await expect(bothWays(least, [Number.NaN])).rejects.toThrow(EmptyAggregateError);
    const most = federatedComputation(atClients(float32()), (x) => federatedMax(x));
    expect(await bothWays(most, [3, -1, 2])).toBe(3);
    await expect(bothWays(most, [])).rejects.toThrow(EmptyAggregateError);
  });
});
