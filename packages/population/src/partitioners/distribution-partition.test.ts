import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { DIGIT_COUNTS, digits, labelTable, sizesOf } from '../testing/digits.js';
import { adjacentHolders } from './adjacent-labels.js';
import { partitionerContract } from './contract.js';
import { distributionPartition } from './distribution-partition.js';
import { powerLawPartition } from './power-law-partition.js';

const rising = new Array<number[]>(10).fill([1, 2, 3, 4]);

describe('distributionPartition', () => {
  test('gives clients of adjacent labels their shares of each, and what is left to one of them', () => {
    // 20 clients, two labels each: label 0 is with clients 0, 9, 10 and 19, label l with l − 1, l, l + 9 and l + 10.
    // Shares 1/10 to 4/10 of what is left after 5 rows each, rounded down.
    const options = { clients: 20, labelsPerClient: 2, distribution: rising, minRowsPerLabel: 5 };
    const table = labelTable(distributionPartition(options).partition(digits, seedFrom(1)), digits, 10);
    for (const [label, total] of DIGIT_COUNTS.entries()) {
      const holders = label === 0 ? [0, 9, 10, 19] : [label - 1, label, label + 9, label + 10];
      const least = [1, 2, 3, 4].map((share) => 5 + Math.floor((share / 10) * (total - 20)));
      const extra = holders.map((client, place) => table[client]![label]! - least[place]!);
      expect(extra.filter((rows) => rows !== 0).length).toBeLessThanOrEqual(1);
      expect(extra.reduce((sum, rows) => sum + rows, 0)).toBe(
        total - least.reduce((sum, rows) => sum + rows, 0),
      );
    }
  });

  test('takes the numbers for rows without `rescale`', () => {
    // flwr-datasets 0.6.1: DistributionPartitioner([[10, 20, 30, 40]] * 10, 20, 2, 'label', 0, rescale=False).
    const distribution = rising.map((row) => row.map((number) => 10 * number));
    const options = { clients: 20, labelsPerClient: 2, distribution, rescale: false };
    const table = labelTable(distributionPartition(options).partition(digits, seedFrom(1)), digits, 10);
    expect(table[0]).toEqual([10, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(table[1]).toEqual([0, 20, 10, 0, 0, 0, 0, 0, 0, 0]);
    expect(table[9]).toEqual([20, 0, 0, 0, 0, 0, 0, 0, 0, 20]);
    expect(table[10]).toEqual([30, 30, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(table[19]).toEqual([40, 0, 0, 0, 0, 0, 0, 0, 0, 40]);
  });

  test('throws when the distribution does not fit the labels and clients', () => {
    const cut = (options: object) => () =>
      distributionPartition({ clients: 20, labelsPerClient: 2, distribution: rising, ...options }).partition(
        digits,
        seedFrom(1),
      );
    expect(cut({ distribution: rising.slice(1) })).toThrow('a row for each of 10 labels, got 9');
    expect(cut({ clients: 30 })).toThrow(
      'distribution[0] must have a number for each of 6 clients with label 0, got 4',
    );
    expect(cut({ distribution: rising.map(() => [0, 0, 0, 0]) })).toThrow(
      'must have a finite sum > 0, got 0',
    );
    expect(cut({ distribution: [[1, -1]] })).toThrow(
      'distribution[0][1] must be a finite number >= 0, got -1',
    );
    expect(cut({ minRowsPerLabel: 1_500 })).toThrow('need at least 6000 rows of label 0, got 5923');
    expect(cut({ rescale: false, minRowsPerLabel: 1 })).toThrow(
      'minRowsPerLabel must be 0 without rescale, got 1',
    );
    expect(cut({ labelsPerClient: 11 })).toThrow('need 11 labels for each client, got 10');
  });

  const evenFor = (clients: number): readonly (readonly number[])[] =>
    Number.isInteger(clients) && clients > 0
      ? adjacentHolders(10, { clients, labelsPerClient: 3 }).map((own) => own.map(() => 1))
      : [];
  partitionerContract(
    'distribution',
    (clients) => distributionPartition({ clients, labelsPerClient: 3, distribution: evenFor(clients) }),
    { leavesOut: true },
  );
});

describe('powerLawPartition', () => {
  test('gives 1,000 clients two digits each, five rows or more of both', () => {
    // FedProx's setting. 200 clients have each digit.
    const parts = powerLawPartition({ clients: 1_000 }).partition(digits, seedFrom(1));
    for (const [client, counts] of labelTable(parts, digits, 10).entries()) {
      const own = [client % 10, (client + 1) % 10];
      for (const [digit, count] of counts.entries()) {
        if (own.includes(digit)) expect(count).toBeGreaterThanOrEqual(5);
        else expect(count).toBe(0);
      }
    }
    expect(sizesOf(parts).reduce((sum, size) => sum + size, 0)).toBe(60_000);
  });

  test('spreads sizes as a log-normal distribution does', () => {
    // ln (rows − 5) of a digit is normal with deviation σ up to a constant. Of a normal's sorted draws the quartiles
    // are 2 · 0.6745 σ apart: 1.35 for σ = 1. 2,000 draws each of 200,000 rows.
    const labels = Int32Array.from({ length: 400_000 }, (_, row) => row % 2);
    const options = { clients: 2_000, labelsPerClient: 1, minRowsPerLabel: 0, sigma: 1 };
    const sizes = sizesOf(powerLawPartition(options).partition(labels, seedFrom(2)));
    const logs = sizes.map(Math.log).sort((left, right) => left - right);
    expect(Math.abs(logs[1_500]! - logs[500]! - 1.35)).toBeLessThan(0.15);
  });

  test('gives even shares when sigma is 0', () => {
    const parts = powerLawPartition({ clients: 10, sigma: 0 }).partition(digits, seedFrom(1));
    // Halves of each digit, give or take the odd one.
    expect(Math.abs(labelTable(parts, digits, 10)[0]![0]! - 5923 / 2)).toBeLessThan(1);
  });

  partitionerContract('power-law', (clients) => powerLawPartition({ clients }), { leavesOut: true });
});
