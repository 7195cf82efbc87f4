import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { OverflowError } from '../../errors/starling-error.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, int32, int64, struct } from '../../types/types.js';
import { federatedSecureModularSum } from './federated-secure-modular-sum.js';
import { federatedSecureSum } from './federated-secure-sum.js';
import { federatedSecureSumBitwidth } from './federated-secure-sum-bitwidth.js';

describe('federatedSecureSum', () => {
  test('`federatedSecureSum` leaves out a client when its value is out of range', async () => {
    const sum = federatedComputation(atClients(int32()), (x) => federatedSecureSum(x, { maxInput: 10 }));
    // 11 and −1 are refused.
    expect(await bothWays(sum, [1, 11, 10, -1, 2])).toBe(13);
    expect(() =>
      federatedComputation(atClients(int32()), (x) => federatedSecureSum(x, { maxInput: 0 })),
    ).toThrow('maxInput must be an integer from 1 to 9007199254740991, got 0');
  });

  test('`federatedSecureSumBitwidth` takes numbers up to 2^bitwidth − 1', async () => {
    const sum = federatedComputation(atClients(int32()), (x) =>
      federatedSecureSumBitwidth(x, { bitwidth: 3 }),
    );
    expect(await bothWays(sum, [7, 8, 1])).toBe(8);
  });

  test('`federatedSecureSum` is exact up to the end of the element type, and fails the round beyond', async () => {
    const short = federatedComputation(atClients(int32()), (x) =>
      federatedSecureSum(x, { maxInput: 2 ** 31 - 1 }),
    );
    // 2^31 − 2 and 1 come to the greatest int32; one more is beyond.
    expect(await bothWays(short, [2 ** 31 - 2, 1])).toBe(2 ** 31 - 1);
    await expect(bothWays(short, [2 ** 31 - 2, 1, 1])).rejects.toThrow(OverflowError);
    // 1024 clients of 2^53 − 1 come to 2^63 − 1024, which fits 64 bits; 1025 do not.
    const long = federatedComputation(atClients(int64()), (x) =>
      federatedSecureSumBitwidth(x, { bitwidth: 53 }),
    );
    const greatest = Array.from({ length: 1024 }, () => 2n ** 53n - 1n);
    expect(await bothWays(long, greatest)).toBe(2n ** 63n - 1024n);
    await expect(bothWays(long, [...greatest, 2n ** 53n - 1n])).rejects.toThrow(OverflowError);
  });

  test('`federatedSecureSum` holds each field to a bound of its own when given a struct of bounds', async () => {
    const type = atClients(struct({ a: int32(2), b: struct([int32(), int32()]) }));
    const sum = federatedComputation(type, (x) =>
      federatedSecureSum(x, { maxInput: { a: 1, b: [10, 100] } }),
    );
    const clients = [
      { a: [1, 0], b: [10, 100] },
      { a: [2, 0], b: [0, 0] },
      { a: [1, 1], b: [11, 0] },
      { a: [0, 1], b: [5, 50] },
    ];
    // The second breaks the bound of a, the third that of b[0].
    expect(await bothWays(sum, clients)).toEqual({
      a: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 1) },
      b: [15, 150],
    });
    const modular = federatedComputation(type, (x) =>
      federatedSecureModularSum(x, { modulus: { a: 2, b: 200 } }),
    );
    // a: [1, 0] + [1, 1] + [0, 1] modulo 2; b: [10 + 11 + 5, 100 + 0 + 50] modulo 200. The second client has a 2.
    expect(await bothWays(modular, clients)).toEqual({
      a: { dtype: 'int32', shape: [2], data: Int32Array.of(0, 0) },
      b: [26, 150],
    });
  });

  test('`federatedSecureSum` refuses bounds that have not the fields of the value', () => {
    const type = atClients(struct({ a: int32(), b: int32() }));
    for (const bounds of [{ a: 1 }, { a: 1, b: 2, c: 3 }, [1, 2]]) {
      expect(() => federatedComputation(type, (x) => federatedSecureSum(x, { maxInput: bounds }))).toThrow(
        'maxInput must have the fields of <a=int32,b=int32>',
      );
    }
    expect(() =>
      federatedComputation(type, (x) => federatedSecureSum(x, { maxInput: { a: 1, b: 0.5 } })),
    ).toThrow('maxInput must be an integer from 1 to 9007199254740991, got 0.5');
  });
});
