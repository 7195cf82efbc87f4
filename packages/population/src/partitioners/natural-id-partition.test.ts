import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { partitionerContract } from './contract.js';
import { groupedNaturalIdPartition } from './grouped-natural-id-partition.js';
import { naturalIdPartition } from './natural-id-partition.js';

const ids = ['d', 'b', 'a', 'b', 'e', 'c', 'a'];
/** As many ids as asked for on 1,013 rows. */
const idsOf = (clients: number): readonly string[] =>
  Array.from({ length: 1013 }, (_, row) => `user-${(row * 7) % clients}`);

describe('naturalIdPartition', () => {
  test('gives each id its rows, ids ascending', () => {
    // flwr-datasets 0.6.1: NaturalIdPartitioner('u') of the same ids.
    const partitioner = naturalIdPartition();
    const parts = partitioner.partition(ids, seedFrom(1));
    expect(parts.map((part) => [...part])).toEqual([[2, 6], [1, 3], [5], [0], [4]]);
    expect(partitioner.clientNames!(ids)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('sorts numbers by size, not as text', () => {
    expect(naturalIdPartition().clientNames!(Int32Array.of(10, 9, 100))).toEqual(['9', '10', '100']);
    expect(naturalIdPartition().clientNames!(BigInt64Array.of(10n, 9n))).toEqual(['9', '10']);
  });

  test('throws when an id is missing', () => {
    expect(() => naturalIdPartition().partition([1, Number.NaN], seedFrom(1))).toThrow(
      'Cannot partition by naturalId: need a label for each row, got NaN for row 1',
    );
  });

  test('throws when it is given the name of a column, which is the population’s to know', () => {
    expect(() => naturalIdPartition({ partitionBy: 'user' } as never)).toThrow("got 'partitionBy'");
  });

  partitionerContract('natural-id', () => naturalIdPartition(), { isSeeded: false, labels: idsOf });
});

describe('groupedNaturalIdPartition', () => {
  // flwr-datasets 0.6.1: GroupedNaturalIdPartitioner('u', 2, mode, sort_unique_ids) of the same ids.
  test.each([
    ['allow-smaller', false, [[0, 1, 3], [2, 6, 4], [5]]],
    ['allow-smaller', true, [[2, 6, 1, 3], [5, 0], [4]]],
    [
      'allow-bigger',
      false,
      [
        [0, 1, 3, 2, 6],
        [4, 5],
      ],
    ],
    [
      'allow-bigger',
      true,
      [
        [2, 6, 1, 3, 5],
        [0, 4],
      ],
    ],
    [
      'drop-remainder',
      false,
      [
        [0, 1, 3],
        [2, 6, 4],
      ],
    ],
    [
      'drop-remainder',
      true,
      [
        [2, 6, 1, 3],
        [5, 0],
      ],
    ],
  ] as const)('groups two ids by mode %s, sorted: %s', (mode, sortIds, expected) => {
    const parts = groupedNaturalIdPartition({ groupSize: 2, mode, sortIds }).partition(ids, seedFrom(1));
    expect(parts.map((part) => [...part])).toEqual(expected);
  });

  test('makes one group of fewer ids than a group only where groups may be smaller', () => {
    const cut = (mode: 'allow-smaller' | 'allow-bigger') =>
      groupedNaturalIdPartition({ groupSize: 9, mode }).partition(ids, seedFrom(1));
    expect(cut('allow-smaller').length).toBe(1);
    expect(() => cut('allow-bigger')).toThrow('need 9 ids for a group, got 5');
  });

  test('throws in mode strict when ids are left', () => {
    const strict = groupedNaturalIdPartition({ groupSize: 2, mode: 'strict' });
    expect(() => strict.partition(ids, seedFrom(1))).toThrow(
      "need a multiple of 2 ids in mode 'strict', got 5",
    );
    expect(strict.partition(ids.slice(0, 5), seedFrom(1)).map((part) => [...part])).toEqual([
      [0, 1, 3],
      [2, 4],
    ]);
  });

  partitionerContract('grouped-natural-id', () => groupedNaturalIdPartition({ groupSize: 2 }), {
    isSeeded: false,
    labels: (clients) => idsOf(2 * clients),
  });
});
