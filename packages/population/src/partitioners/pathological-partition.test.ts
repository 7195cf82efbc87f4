import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { DIGIT_COUNTS, digits, labelTable } from '../testing/digits.js';
import { partitionerContract } from './contract.js';
import { pathologicalPartition } from './pathological-partition.js';

const tableOf = (options: Parameters<typeof pathologicalPartition>[0], seed = 1) =>
  labelTable(pathologicalPartition(options).partition(digits, seedFrom(seed)), digits, 10);

describe('pathologicalPartition', () => {
  test('gives client i the labels i and i + 1, each divided evenly, when it is deterministic', () => {
    // flwr-datasets 0.6.1, on as many digits: PathologicalPartitioner(10, 'label', 2, 'deterministic').
    expect(tableOf({ clients: 10, labelsPerClient: 2, assignment: 'deterministic' })).toEqual([
      [2962, 3371, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 3371, 2979, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 2979, 3066, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 3065, 2921, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 2921, 2711, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 2710, 2959, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 2959, 3133, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 3132, 2926, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 2925, 2975],
      [2961, 0, 0, 0, 0, 0, 0, 0, 0, 2974],
    ]);
  });

  test('gives client i label i, and one more that is drawn, when the first is deterministic', () => {
    // Every label is used: all rows are dealt.
    for (let seed = 0; seed < 5; seed++) {
      const table = tableOf({ clients: 10, labelsPerClient: 2, assignment: 'first-deterministic' }, seed);
      for (const [client, counts] of table.entries()) {
        expect(counts[client]).toBeGreaterThan(0);
        expect(counts.filter((count) => count > 0).length).toBe(2);
      }
      expect(table.flat().reduce((sum, count) => sum + count, 0)).toBe(60_000);
    }
  });

  test('draws every set of labels equally often when it is random', () => {
    // 3 sets of 2 of 3 labels; 3,000 clients: 1,000 ± 26 each, 130 is five standard deviations.
    const labels = Int32Array.from({ length: 30_000 }, (_, row) => row % 3);
    const parts = pathologicalPartition({ clients: 3_000, labelsPerClient: 2 }).partition(
      labels,
      seedFrom(4),
    );
    const counts = new Map<string, number>();
    for (const row of labelTable(parts, labels, 3)) {
      const key = row.map((count) => (count > 0 ? 1 : 0)).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['011', '101', '110']);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(130);
  });

  test('leaves out the rows of labels that nobody has', () => {
    // Clients 0, 1 and 2 have labels 0 to 3.
    const table = tableOf({ clients: 3, labelsPerClient: 2, assignment: 'deterministic' });
    const dealt = table.flat().reduce((sum, count) => sum + count, 0);
    expect(dealt).toBe(DIGIT_COUNTS.slice(0, 4).reduce((sum, count) => sum + count, 0));
  });

  test('throws when there are too few labels, or rows of one', () => {
    expect(() => tableOf({ clients: 2, labelsPerClient: 11 })).toThrow(
      'need 11 labels for each client, got 10',
    );
    const all = pathologicalPartition({ clients: 3, labelsPerClient: 2 });
    expect(() => all.partition(Int32Array.of(0, 0, 0, 1, 1), seedFrom(1))).toThrow(
      'need a row of label 1 for each of 3 clients that have it, got 2',
    );
    expect(() =>
      pathologicalPartition({ clients: 2, labelsPerClient: 1, assignment: 'fixed' as never }),
    ).toThrow("assignment must be 'random' or 'deterministic' or 'first-deterministic', got 'fixed'");
  });

  for (const assignment of ['random', 'deterministic', 'first-deterministic'] as const) {
    const make = (clients: number) => pathologicalPartition({ clients, labelsPerClient: 3, assignment });
    partitionerContract(`pathological, ${assignment}`, make, { leavesOut: true });
  }
});
