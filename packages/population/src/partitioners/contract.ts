// The contract suite of partitioners: each one's test calls it.
import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Label, Partitioner } from './partitioner.js';

export interface PartitionerContractOptions {
  /** Clients of most tests, which get 1,013 rows of 10 labels. Default 13. */
  readonly clients?: number;
  /** Whether rows may be left out, as the partitioner's docstring says. Default false: every row is dealt. */
  readonly leavesOut?: boolean;
  /** Whether a client may be without rows, as the partitioner's docstring says. Default false. */
  readonly allowsEmpty?: boolean;
  /** Whether the seed decides anything. Default true; false for cuts that the data has in itself. */
  readonly isSeeded?: boolean;
  /** The 1,013 labels for a number of clients, where others than the numbers 0 to 9 are meant. */
  readonly labels?: (clients: number) => ArrayLike<Label>;
}

/**
 * Tests the partitioners that `make` makes for numbers of clients, on 1,013 rows of 10 labels. Call it at the top of a
 * test file, for a partitioner of your own too:
 *
 *     import { partitionerContract } from '@starling/population/contract';
 *     import { halvingPartition } from './halving-partition.js';
 *
 *     partitionerContract('halvingPartition', (clients) => halvingPartition({ clients }), { clients: 8 });
 */
export function partitionerContract(
  name: string,
  make: (clients: number) => Partitioner,
  options: PartitionerContractOptions = {},
): void {
  const { clients = 13, leavesOut = false, allowsEmpty = false, isSeeded = true } = options;
  const digits = Int32Array.from({ length: 1013 }, (_, row) => (row * 7) % 10);
  const labelsFor = options.labels ?? (() => digits);
  const labels = labelsFor(clients);
  const cut = (seed: number, count = clients): readonly number[][] =>
    make(count)
      .partition(labelsFor(count), seedFrom(seed))
      .map((part) => [...part]);

  describe(`${name} keeps the partitioner contract`, () => {
    test('gives a list of rows for each client', () => {
      const parts = make(clients).partition(labels, seedFrom(1));
      expect(parts.every((part) => part instanceof Int32Array)).toBe(true);
      expect(parts.length).toBe(clients);
      expect([clients, null]).toContain(make(clients).clients);
      expect(new Set(make(clients).clientNames?.(labels)).size).toBe(
        make(clients).clientNames === undefined ? 0 : clients,
      );
    });

    test(`deals every row to ${leavesOut ? 'at most' : 'exactly'} one client`, () => {
      const rows = cut(1)
        .flat()
        .sort((left, right) => left - right);
      expect(new Set(rows).size).toBe(rows.length);
      if (leavesOut) expect(rows.every((row) => row >= 0 && row < 1013)).toBe(true);
      else expect(rows).toEqual(Array.from({ length: 1013 }, (_, row) => row));
    });

    test('gives the same parts for the same seed', () => {
      const [one, other] = [make(clients), make(clients)];
      const parts = one.partition(labels, seedFrom(1));
      expect(other.partition(labels, seedFrom(1))).toEqual(parts);
      expect(one.partition(labels, seedFrom(1))).toEqual(parts); // nothing is kept from call to call
    });

    test(`gives ${isSeeded ? 'other' : 'the same'} parts for another seed`, () => {
      if (isSeeded) expect(cut(1)).not.toEqual(cut(2));
      else expect(cut(1)).toEqual(cut(2));
    });

    test(`gives ${leavesOut ? 'rows' : 'everything'} to a single client`, () => {
      const [part] = cut(3, 1);
      expect(part?.length).toBeGreaterThan(0);
      if (!leavesOut) expect(part?.length).toBe(1013);
    });

    if (!allowsEmpty) {
      test('leaves no client without rows, or throws', () => {
        for (const seed of [1, 2, 3, 4, 5]) {
          expect(cut(seed).every((part) => part.length > 0)).toBe(true);
        }
        expect(() => make(1).partition([], seedFrom(1))).toThrow(RangeError);
      });
    }

    if (make(clients).clients !== null) {
      test('throws when the number of clients is not a positive integer', () => {
        for (const count of [0, -1, 1.5]) expect(() => make(count)).toThrow(RangeError);
      });
    }
  });
}
