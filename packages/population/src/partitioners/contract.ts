// The contract suite of partitioners: each one's test calls it.
import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Partitioner } from './partitioner.js';

/**
 * Tests the partitioners that `make` makes for numbers of clients, on 1,013 rows of 10 labels. Call it at the top of a
 * test file, for a partitioner of your own too:
 *
 *     import { partitionerContract } from '@starling/population/contract';
 *     import { powerLawPartition } from './power-law-partition.js';
 *
 *     partitionerContract('powerLawPartition', (clients) => powerLawPartition({ clients }));
 */
export function partitionerContract(name: string, make: (clients: number) => Partitioner): void {
  const labels = Int32Array.from({ length: 1013 }, (_, row) => (row * 7) % 10);

  describe(`${name} keeps the partitioner contract`, () => {
    test('deals every row to exactly one client', () => {
      const parts = make(13).partition(labels, seedFrom(1));
      expect(parts.length).toBe(13);
      const rows = parts.flatMap((part) => [...part]).sort((left, right) => left - right);
      expect(rows).toEqual(Array.from({ length: 1013 }, (_, row) => row));
    });

    test('gives the same parts for the same seed', () => {
      expect(make(13).partition(labels, seedFrom(1))).toEqual(make(13).partition(labels, seedFrom(1)));
    });

    test('gives other parts for another seed', () => {
      expect(make(13).partition(labels, seedFrom(1))).not.toEqual(make(13).partition(labels, seedFrom(2)));
    });

    test('gives everything to a single client', () => {
      expect(make(1).partition(labels, seedFrom(3))[0]?.length).toBe(1013);
    });

    test('throws when the number of clients is not a positive integer', () => {
      expect(() => make(0)).toThrow('clients must be a positive integer, got 0');
    });
  });
}
