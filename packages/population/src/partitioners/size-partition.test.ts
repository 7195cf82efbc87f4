import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { digits, sizesOf } from '../testing/digits.js';
import { partitionerContract } from './contract.js';
import { exponentialPartition } from './exponential-partition.js';
import { linearPartition } from './linear-partition.js';
import { sizePartition } from './size-partition.js';
import { squarePartition } from './square-partition.js';

/** As many sizes as asked for, of 1,013 rows; none for a number that is no count. */
const sizesFor = (clients: number): readonly number[] =>
  Number.isInteger(clients) && clients > 0
    ? Array.from({ length: clients }, (_, client) => (client === 0 ? 1013 - 5 * (clients - 1) : 5))
    : [];

describe('sizePartition', () => {
  test('gives clients the sizes that it is told, and leaves out the rest', () => {
    // The documented example of flwr-datasets.
    const parts = sizePartition({ sizes: [15_000, 5_000, 30_000] }).partition(digits, seedFrom(1));
    expect(sizesOf(parts)).toEqual([15_000, 5_000, 30_000]);
  });

  test('throws when sizes are none, no counts, or more than the rows', () => {
    expect(() => sizePartition({ sizes: [] })).toThrow('sizes must be an array of at least one number');
    expect(() => sizePartition({ sizes: [1, 2.5] })).toThrow('sizes[1] must be a whole number from 1');
    expect(() => sizePartition({ sizes: [3, 3] }).partition(new Int32Array(5), seedFrom(1))).toThrow(
      'Cannot partition by size: need at least 6 rows for the sum of sizes, got 5',
    );
  });

  partitionerContract('size', (clients) => sizePartition({ sizes: sizesFor(clients) }));
});

describe('linearPartition', () => {
  test('gives client i of 10 ⌊60,000 · i / 55⌋ digits, and the last what is left', () => {
    // 60,000 / 55 = 1,090.9; flwr-datasets 0.6.1 has the same.
    const parts = linearPartition({ clients: 10 }).partition(digits, seedFrom(1));
    expect(sizesOf(parts)).toEqual([1090, 2181, 3272, 4363, 5454, 6545, 7636, 8727, 9818, 10_914]);
  });

  test('throws when a client would have no rows', () => {
    expect(() => linearPartition({ clients: 10 }).partition(new Int32Array(54), seedFrom(1))).toThrow(
      'Cannot partition by linear: need a row for each client, got none for client 0',
    );
  });

  partitionerContract('linear', (clients) => linearPartition({ clients }));
});

describe('squarePartition', () => {
  test('gives client i of 10 ⌊60,000 · i² / 385⌋ digits, and the last what is left', () => {
    // 60,000 / 385 = 155.8; flwr-datasets 0.6.1 has the same.
    const parts = squarePartition({ clients: 10 }).partition(digits, seedFrom(1));
    expect(sizesOf(parts)).toEqual([155, 623, 1402, 2493, 3896, 5610, 7636, 9974, 12_623, 15_588]);
  });

  partitionerContract('square', (clients) => squarePartition({ clients }));
});

describe('exponentialPartition', () => {
  test('gives client i of 10 a share of the digits by e^i', () => {
    // The last has 1 − 1/e of them and what is left; flwr-datasets 0.6.1 has the same.
    const parts = exponentialPartition({ clients: 10 }).partition(digits, seedFrom(1));
    expect(sizesOf(parts)).toEqual([4, 12, 34, 94, 255, 694, 1888, 5133, 13_953, 37_933]);
  });

  test('throws when there are so many clients that some have no rows', () => {
    expect(() => exponentialPartition({ clients: 800 }).partition(digits, seedFrom(1))).toThrow(
      'got none for client 0',
    );
  });

  partitionerContract('exponential', (clients) => exponentialPartition({ clients }), { clients: 5 });
});
