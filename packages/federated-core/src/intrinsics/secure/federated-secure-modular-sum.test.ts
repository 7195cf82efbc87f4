import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { bothWays } from '../../testing/both-ways.js';
import { plainLocal } from '../../testing/plain-local.js';
import { atClients, int32, int64 } from '../../types/types.js';
import { federatedMap } from '../pointwise/federated-map.js';
import { federatedSecureModularSum } from './federated-secure-modular-sum.js';

const magnitude = plainLocal(int32(), int32(), (x: number) => Math.abs(x), 'magnitude');

describe('federatedSecureModularSum', () => {
  test('`federatedSecureModularSum` wraps into the symmetric range when asked to', async () => {
    const sum = federatedComputation(atClients(int32()), (x) => ({
      plain: federatedSecureModularSum(x, { modulus: 8 }),
      symmetric: federatedSecureModularSum(x, { modulus: 8, symmetric: true }),
    }));
    // 10 mod 8 = 2; symmetric, the range −7 … 7 has 15 numbers, and 10 − 15 = −5.
    expect(await bothWays(sum, [1, 2, 3, 4])).toEqual({ plain: 2, symmetric: -5 });
  });

  test('`federatedSecureModularSum` is exact when 1,500 clients sum int64 values next to 2^53', async () => {
    const modulus = Number.MAX_SAFE_INTEGER;
    const sum = federatedComputation(atClients(int64()), (x) => ({
      plain: federatedSecureModularSum(x, { modulus }),
      symmetric: federatedSecureModularSum(x, { modulus, symmetric: true }),
    }));
    const greatest = BigInt(modulus) - 1n;
    const clients = Array.from({ length: 1500 }, () => greatest);
    // Modulo m, m − 1 is −1: the sum is −1500, which is m − 1500. Modulo 2m − 1, two times m − 1 is −1: the sum is
    // −750.
    const expected = { plain: BigInt(modulus) - 1500n, symmetric: -750n };
    expect(await bothWays(sum, clients)).toEqual(expected);
    expect(await bothWays(sum, clients, { laneSize: 1 })).toEqual(expected);
    // The exact sum does not fit 64 bits: 1500 · 2^53 > 2^63.
    expect(1500n * greatest).toBeGreaterThan(2n ** 63n);
  });

  test('`federatedSecureModularSum` takes all the range of int32, and refuses a modulus beyond it', async () => {
    const sum = federatedComputation(atClients(int32()), (x) => ({
      plain: federatedSecureModularSum(federatedMap(magnitude, x), { modulus: 2 ** 31 }),
      symmetric: federatedSecureModularSum(x, { modulus: 2 ** 31, symmetric: true }),
    }));
    const low = 1 - 2 ** 31;
    // Plain: five times 2^31 − 1, each −1 modulo 2^31. Symmetric, modulo 2^32 − 1: five times 1 − 2^31, of which two
    // are 2 − 2^32, or 1; so 1 + 1 + 1 − 2^31.
    expect(await bothWays(sum, [low, low, low, low, low])).toEqual({
      plain: 2 ** 31 - 5,
      symmetric: 3 - 2 ** 31,
    });
    expect(() =>
      federatedComputation(atClients(int32()), (x) => federatedSecureModularSum(x, { modulus: 2 ** 31 + 1 })),
    ).toThrow('modulus must be an integer from 1 to 2147483648, got 2147483649');
  });

  test('`federatedSecureModularSum` gives the sum modulo its modulus whatever modulus, values and lanes are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.integer({ min: 1, max: 20 }),
          fc.maxSafeInteger().filter((modulus) => modulus > 0),
        ),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (modulus, shares, laneSize) => {
          const values = shares.map((share) => BigInt(Math.floor(share * modulus)));
          const sum = federatedComputation(atClients(int64()), (x) =>
            federatedSecureModularSum(x, { modulus }),
          );
          const exact = values.reduce((total, value) => total + value, 0n);
          expect(await bothWays(sum, values, { laneSize })).toBe(exact % BigInt(modulus));
        },
      ),
      { numRuns: 50 },
    );
  });
});
