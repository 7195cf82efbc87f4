import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { partitionerContract } from './contract.js';
import { iidPartition } from './iid-partition.js';

describe('iidPartition', () => {
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

  test('throws when there are fewer rows than clients', () => {
    expect(() => iidPartition({ clients: 4 }).partition(new Int32Array(3), seedFrom(1))).toThrow(
      'Cannot partition by iid: need at least 4 rows for as many clients, got 3',
    );
  });

  test('throws when an option has another name', () => {
    expect(() => iidPartition({ client: 4 } as never)).toThrow("need options { clients }, got 'client'");
  });

  partitionerContract('iid', (clients) => iidPartition({ clients }));
});
