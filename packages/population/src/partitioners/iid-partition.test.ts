import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { partitionerContract } from './contract.js';
import { iidPartition } from './iid-partition.js';

describe('iid', () => {
  test('gives each of 100 clients 600 of 60,000 examples', () => {
    const parts = iidPartition({ clients: 100 }).partition(new Int32Array(60_000), seedFrom(1));
    expect(parts.map(({ length }) => length)).toEqual(new Array(100).fill(600));
  });

  test('differs by at most one example when the division leaves a rest', () => {
    // ⌊i · 10 / 4⌋ cuts at 0, 2, 5, 7, 10.
    const parts = iidPartition({ clients: 4 }).partition(new Int32Array(10), seedFrom(1));
    expect(parts.map(({ length }) => length)).toEqual([2, 3, 2, 3]);
  });

  test('mixes the labels', () => {
    // Half of 10,000 rows are 1. A client of 1,000 rows has 500 ± 15 (one standard deviation of the
    // hypergeometric); 5 of them is a bound that no fair shuffle crosses.
    const labels = Int32Array.from({ length: 10_000 }, (_, row) => (row < 5_000 ? 0 : 1));
    for (const part of iidPartition({ clients: 10 }).partition(labels, seedFrom(7))) {
      const ones = part.reduce((sum, row) => sum + (labels[row] as number), 0);
      expect(Math.abs(ones - 500)).toBeLessThan(75);
    }
  });

  partitionerContract('iid', (clients) => iidPartition({ clients }));
});
