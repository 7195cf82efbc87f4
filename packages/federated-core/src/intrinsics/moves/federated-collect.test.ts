import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, string, struct } from '../../types/types.js';
import { federatedCollect } from './federated-collect.js';

describe('federatedCollect', () => {
  test('`federatedCollect` keeps cohort order when clients are in several lanes', async () => {
    const all = federatedComputation(atClients(string()), (x) => federatedCollect(x));
    expect(await bothWays(all, ['c', 'a', 'b'], { laneSize: 2 })).toEqual(['c', 'a', 'b']);
    expect(await bothWays(all, [])).toEqual([]);
  });

  test('`federatedCollect` refuses structs of nothing, of which a dataset cannot tell how many there are', () => {
    expect(() => federatedComputation(atClients(struct({})), (x) => federatedCollect(x))).toThrow(
      'Cannot apply federatedCollect: T must be tensors, alone or in structs with at least one, and no sequence, got <>',
    );
  });
});
