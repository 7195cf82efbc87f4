import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sizesOf } from '../testing/digits.js';
import { continuousPartition } from './continuous-partition.js';
import { partitionerContract } from './contract.js';

// The numbers of flwr-datasets' documented example, in another order: 0 to 10 in 10,003 steps.
const numbers = Float64Array.from({ length: 10_003 }, (_, row) => (10 * ((row * 7_919) % 10_003)) / 10_002);

function meansOf(strictness: number): readonly number[] {
  const parts = continuousPartition({ clients: 5, strictness }).partition(numbers, seedFrom(1));
  return parts.map((part) => part.reduce((sum, row) => sum + (numbers[row] as number), 0) / part.length);
}

describe('continuousPartition', () => {
  test('cuts the sorted numbers when strictness is 1', () => {
    // 10,003 = 3 · 2,001 + 2 · 2,000, the larger ones first, as numpy's `array_split` has it.
    const parts = continuousPartition({ clients: 5, strictness: 1 }).partition(numbers, seedFrom(1));
    expect(sizesOf(parts)).toEqual([2_001, 2_001, 2_001, 2_000, 2_000]);
    const ranks = parts.map((part) => [...part].map((row) => Math.round((numbers[row] as number) * 1000.2)));
    for (const [client, begin] of [0, 2_001, 4_002, 6_003, 8_003].entries()) {
      expect([...ranks[client]!].sort((a, b) => a - b)[0]).toBe(begin);
    }
  });

  test('deals evenly mixed numbers when strictness is 0', () => {
    // Means of 2,000 numbers uniform on 0 to 10: 5 ± 2.89 / √2,000 = 0.065; five of them is 0.32.
    for (const mean of meansOf(0)) expect(Math.abs(mean - 5)).toBeLessThan(0.32);
  });

  test('orders clients by their means in between, the further apart the stricter', () => {
    const spread = [0.3, 0.7, 1].map((strictness) => {
      const means = meansOf(strictness);
      expect([...means].sort((left, right) => left - right)).toEqual(means);
      return (means[4] as number) - (means[0] as number);
    });
    expect([...spread].sort((left, right) => left - right)).toEqual(spread);
  });

  test('throws when a number is missing, or all are the same', () => {
    const cut = (labels: readonly (number | string)[], strictness = 0.5) =>
      continuousPartition({ clients: 2, strictness }).partition(labels, seedFrom(1));
    expect(() => cut([1, Number.NaN])).toThrow('need a finite number for each row, got NaN for row 1');
    expect(() => cut([1, 'two'])).toThrow("got 'two' for row 1");
    expect(() => cut([0.1, 0.1, 0.1])).toThrow(
      'need numbers that differ, or strictness 0, got 0.1 for all rows',
    );
    expect(sizesOf(cut([0.1, 0.1, 0.1], 0))).toEqual([2, 1]);
    expect(() => continuousPartition({ clients: 2, strictness: 1.1 })).toThrow(
      'strictness must be a finite number from 0 to 1, got 1.1',
    );
  });

  partitionerContract('continuous', (clients) => continuousPartition({ clients, strictness: 0.5 }));
});
