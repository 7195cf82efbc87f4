import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { digits, labelTable, sizesOf } from '../testing/digits.js';
import { partitionerContract } from './contract.js';
import { shardPartition } from './shard-partition.js';

describe('shardPartition', () => {
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

  // The three documented examples of flwr-datasets, on as many digits.
  test('gives each client its number of shards of a size', () => {
    const parts = shardPartition({ clients: 10, shardsPerClient: 2, shardSize: 1_000 }).partition(
      digits,
      seedFrom(1),
    );
    expect(sizesOf(parts)).toEqual(new Array(10).fill(2_000));
    // A shard of 1,000 sorted digits has at most two of them.
    for (const counts of labelTable(parts, digits, 10)) {
      expect(counts.filter((count) => count > 0).length).toBeLessThanOrEqual(4);
    }
  });

  test('deals all whole shards of a size, the first clients having one more', () => {
    const parts = shardPartition({ clients: 9, shardSize: 1_000 }).partition(digits, seedFrom(1));
    expect(sizesOf(parts)).toEqual([...new Array(6).fill(7_000), ...new Array(3).fill(6_000)]);
  });

  test('deals the incomplete shard too when it is told to keep it', () => {
    // 60,000 = 60 · 990 + 600: 61 shards, 6 a client and one more for the first; the short one is with any of them.
    const options = { clients: 10, shardSize: 990, keepIncompleteShard: true };
    const sizes = sizesOf(shardPartition(options).partition(digits, seedFrom(1)));
    const full = [6_930, ...new Array<number>(9).fill(5_940)];
    const short = sizes.filter((size, client) => size !== full[client]);
    expect(short.length).toBe(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60_000);
    expect(full.map((size, client) => size - sizes[client]!).filter((lack) => lack !== 0)).toEqual([390]);
  });

  test('throws when there are fewer shards of the size than clients need', () => {
    const cut = (shardsPerClient?: number) =>
      shardPartition({ clients: 4, shardSize: 3, ...(shardsPerClient && { shardsPerClient }) }).partition(
        new Int32Array(20),
        seedFrom(1),
      );
    expect(sizesOf(cut())).toEqual([6, 6, 3, 3]);
    expect(() => cut(2)).toThrow('need 8 shards of 3 rows, got 6 of 20 rows');
    expect(() => shardPartition({ clients: 4, keepIncompleteShard: true })).toThrow(
      'keepIncompleteShard needs shardSize, got none',
    );
  });

  test('throws when there are fewer rows than shards', () => {
    expect(() => shardPartition({ clients: 4 }).partition(new Int32Array(7), seedFrom(1))).toThrow(
      'need at least 8 rows for as many shards, got 7',
    );
  });

  partitionerContract('shards', (clients) => shardPartition({ clients }));
  partitionerContract('shards of a size', (clients) => shardPartition({ clients, shardSize: 20 }), {
    leavesOut: true,
  });
});
