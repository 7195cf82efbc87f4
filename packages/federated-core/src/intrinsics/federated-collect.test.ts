import { describe, expect, it } from 'vitest';
import { federatedComputation } from '../expression/federated-computation.js';
import { both } from '../testing/both.js';
import { atClients, string } from '../types/types.js';
import { federatedCollect } from './federated-collect.js';

describe('federatedCollect', () => {
  it('`federatedCollect` keeps cohort order when clients are in several lanes', async () => {
    const all = federatedComputation(atClients(string()), (x) => federatedCollect(x));
    expect(await both(all, ['c', 'a', 'b'], { laneSize: 2 })).toEqual(['c', 'a', 'b']);
    expect(await both(all, [])).toEqual([]);
  });
});
