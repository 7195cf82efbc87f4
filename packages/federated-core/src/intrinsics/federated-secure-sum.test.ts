import { describe, expect, it } from 'vitest';
import { federatedComputation } from '../expression/federated-computation.js';
import { both } from '../testing/both.js';
import { atClients, int32 } from '../types/types.js';
import { federatedSecureSum } from './federated-secure-sum.js';
import { federatedSecureSumBitwidth } from './federated-secure-sum-bitwidth.js';

describe('federatedSecureSum', () => {
  it('`federatedSecureSum` leaves out a client when its value is out of range', async () => {
    const sum = federatedComputation(atClients(int32()), (x) => federatedSecureSum(x, 10));
    // 11 and −1 are refused.
    expect(await both(sum, [1, 11, 10, -1, 2])).toBe(13);
    expect(() => federatedComputation(atClients(int32()), (x) => federatedSecureSum(x, 0))).toThrow(
      'maxInput must be an integer from 1 to 9007199254740991, got 0',
    );
  });

  it('`federatedSecureSumBitwidth` takes numbers up to 2^bitwidth − 1', async () => {
    const sum = federatedComputation(atClients(int32()), (x) => federatedSecureSumBitwidth(x, 3));
    expect(await both(sum, [7, 8, 1])).toBe(8);
  });
});
