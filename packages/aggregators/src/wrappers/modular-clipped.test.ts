import { float32, int32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, wrapperContract } from '../aggregator/contract.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { modularClipped } from './modular-clipped.js';

const resultOf = async (low: number, high: number, values: readonly number[]): Promise<unknown> =>
  (await aggregate(modularClipped(sumAggregator(), { low, high }), { update: int32(), values })).result;

describe('modularClipped', () => {
  test('wraps updates into the range, and their sum again', async () => {
    // Into −4 … 3: 3, 5 → −3 and −6 → 2; 3 − 3 + 2 = 2. And 3 + 3 = 6 → −2.
    expect(await resultOf(-4, 4, [3, 5, -6])).toBe(2);
    expect(await resultOf(-4, 4, [3, 3])).toBe(-2);
  });

  test('holds at the ends of the range, of which the upper is beyond it', async () => {
    expect(await resultOf(0, 8, [8])).toBe(0);
    expect(await resultOf(0, 8, [7])).toBe(7);
    expect(await resultOf(-4, 4, [-4])).toBe(-4);
    expect(await resultOf(-4, 4, [-5])).toBe(3);
    expect(await resultOf(5, 8, [4])).toBe(7);
  });

  test('takes the largest and the least integers', async () => {
    // 2³¹ − 1 = 7 mod 8, and −2³¹ = 0 mod 8.
    expect(await resultOf(0, 8, [2 ** 31 - 1])).toBe(7);
    expect(await resultOf(0, 8, [-(2 ** 31)])).toBe(0);
  });

  test('throws for an empty range and for updates that are no integers', () => {
    expect(() => modularClipped(sumAggregator(), { low: 3, high: 3 })).toThrow(
      'Cannot clip updates modularly: low must be below high, got 3 and 3',
    );
    expect(() => modularClipped(sumAggregator(), { low: 0, high: 3 }).create(float32())).toThrow(
      'tensors must be int32, got float32',
    );
  });
});
wrapperContract('modularClipped', (inner) => modularClipped(inner, { low: -9, high: 9 }), {
  update: int32(),
});
