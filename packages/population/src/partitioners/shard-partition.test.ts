import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { partitionerContract } from './contract.js';
import { shardPartition } from './shard-partition.js';

describe('shards', () => {
  test('gives each of 100 clients two shards of 300 of 60,000 examples', () => {
    // 6,000 rows of each of 10 labels, interleaved: 20 shards a label, so a shard holds one label.
    const labels = Int32Array.from({ length: 60_000 }, (_, row) => row % 10);
    const parts = shardPartition({ clients: 100 }).partition(labels, seedFrom(1));
    expect(parts.map(({ length }) => length)).toEqual(new Array(100).fill(600));
    for (const part of parts) {
      const known = new Set([...part].map((row) => labels[row]));
      expect(known.size).toBeLessThanOrEqual(2);
    }
    // Were shards dealt in order, each client would know exactly one label.
    const knownLabels = parts.map((part) => new Set([...part].map((row) => labels[row])).size);
    expect(knownLabels.filter((size) => size === 2).length).toBeGreaterThan(50);
  });

  test('deals shards of rows that are sorted by label', () => {
    // Sorted: label 0 has rows 1, 3; label 1 rows 0, 2. Two shards: {1, 3} and {0, 2}.
    const parts = shardPartition({ clients: 2, shardsPerClient: 1 }).partition(
      Int32Array.of(1, 0, 1, 0),
      seedFrom(5),
    );
    expect(parts.map((part) => [...part]).sort((a, b) => (a[0] as number) - (b[0] as number))).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test('throws when there are fewer rows than shards', () => {
    expect(() => shardPartition({ clients: 4 }).partition(new Int32Array(7), seedFrom(1))).toThrow(
      'need at least 8 rows for as many shards, got 7',
    );
  });

  partitionerContract('shards', (clients) => shardPartition({ clients }));
});
