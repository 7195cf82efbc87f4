import { describe, expect, it } from 'vitest';
import { federatedComputation } from '../expression/federated-computation.js';
import { both } from '../testing/both.js';
import { atClients, int32 } from '../types/types.js';
import { federatedSecureModularSum } from './federated-secure-modular-sum.js';

describe('federatedSecureModularSum', () => {
  it('`federatedSecureModularSum` wraps into the symmetric range when asked to', async () => {
    const sum = federatedComputation(atClients(int32()), (x) => ({
      plain: federatedSecureModularSum(x, 8),
      symmetric: federatedSecureModularSum(x, 8, { symmetric: true }),
    }));
    // 10 mod 8 = 2; symmetric, the range −7 … 7 has 15 numbers, and 10 − 15 = −5.
    expect(await both(sum, [1, 2, 3, 4])).toEqual({ plain: 2, symmetric: -5 });
  });
});
