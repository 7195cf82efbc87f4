import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { digits, labelTable, sizesOf } from '../testing/digits.js';
import { partitionerContract } from './contract.js';
import { labelDirichletPartition } from './label-dirichlet-partition.js';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('labelDirichletPartition', () => {
  test.each([0.5, 5])(
    'has the means and variances of Dirichlet(%d) within 5 %% over 100 seeds',
    (concentration) => {
      // Of k = 10 clients each has a share of a label with the mean 1/k and the variance (1/k)(1 − 1/k) / (kα + 1):
      // what numpy's `dirichlet` has, too. 100 seeds × 100 labels are 10,000 draws: for α = 0.5 a mean's standard
      // deviation is 0.0012, or 1.2 % of 1/k. 1,000 rows a label: rounding adds at most 0.001 to a share.
      const clients = 10;
      const labels = Int32Array.from({ length: 100_000 }, (_, row) => row % 100);
      const shares = Array.from({ length: clients }, (): number[] => []);
      for (let seed = 0; seed < 100; seed++) {
        const parts = labelDirichletPartition({ clients, concentration, minRows: 1 }).partition(
          labels,
          seedFrom(seed),
        );
        for (const [client, counts] of labelTable(parts, labels, 100).entries()) {
          shares[client]!.push(...counts.map((count) => count / 1_000));
        }
      }
      for (const own of shares) expect(Math.abs(mean(own) / 0.1 - 1)).toBeLessThan(0.05);
      const variance = mean(shares.flat().map((share) => (share - 0.1) ** 2));
      expect(Math.abs(variance / (0.09 / (clients * concentration + 1)) - 1)).toBeLessThan(0.05);
    },
  );

  test('gives shares of each client’s own concentration', () => {
    // α = 1, 2, 7: means 0.1, 0.2, 0.7. 200 labels: standard deviation of a mean at most √(0.21 / 11 / 200) = 0.0098.
    const labels = Int32Array.from({ length: 100_000 }, (_, row) => row % 200);
    const parts = labelDirichletPartition({ clients: 3, concentration: [1, 2, 7] }).partition(
      labels,
      seedFrom(1),
    );
    for (const [client, share] of [0.1, 0.2, 0.7].entries()) {
      expect(Math.abs(parts[client]!.length / 100_000 - share)).toBeLessThan(0.05);
    }
  });

  test('keeps every client above the least size, drawing again until it is so', () => {
    for (let seed = 0; seed < 20; seed++) {
      const options = { clients: 10, concentration: 0.1, minRows: 400 };
      const sizes = sizesOf(labelDirichletPartition(options).partition(digits, seedFrom(seed)));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(400);
    }
  });

  test('balances: no client that has more than the average has any of the labels that follow', () => {
    for (let seed = 0; seed < 10; seed++) {
      const options = { clients: 10, concentration: 0.5, selfBalancing: true };
      const parts = labelDirichletPartition(options).partition(digits, seedFrom(seed));
      for (const counts of labelTable(parts, digits, 10)) {
        let before = 0;
        for (const count of counts) {
          if (before > 6_000) expect(count).toBe(0);
          before += count;
        }
      }
    }
  });

  test('takes concentrations so small that shares by themselves would be 0', () => {
    const options = { clients: 5, concentration: 1e-7, minRows: 0 };
    const parts = labelDirichletPartition(options).partition(digits, seedFrom(3));
    for (const counts of labelTable(parts, digits, 10)) {
      for (const [digit, count] of counts.entries()) {
        if (count > 0)
          expect(parts.filter((part) => part.some((row) => digits[row] === digit)).length).toBe(1);
      }
    }
  });

  test('throws when an option is out of its range, or the rows do not do', () => {
    const make = (options: object) => () =>
      labelDirichletPartition({ clients: 2, concentration: 1, ...options } as never);
    expect(make({ concentration: 0 })).toThrow('concentration must be a finite number > 0, got 0');
    expect(make({ concentration: [1, -1] })).toThrow('concentration[1] must be a finite number > 0, got -1');
    expect(make({ concentration: [1] })).toThrow('need a concentration for each of 2 clients, got 1');
    expect(make({ minRows: -1 })).toThrow('minRows must be a whole number >= 0, got -1');
    expect(make({ alpha: 1 })).toThrow("got 'alpha'. It is called concentration here");
    expect(() => make({})().partition(new Int32Array(19), seedFrom(1))).toThrow('need at least 20 rows');
    const stubborn = labelDirichletPartition({ clients: 2, concentration: 1e-7, minRows: 5 });
    expect(() => stubborn.partition(new Int32Array(100), seedFrom(1))).toThrow('got fewer in 1000 draws');
  });

  partitionerContract('label-dirichlet', (clients) => labelDirichletPartition({ clients, concentration: 1 }));
  partitionerContract(
    'label-dirichlet of any size',
    (clients) => labelDirichletPartition({ clients, concentration: 0.01, minRows: 0 }),
    { allowsEmpty: true },
  );
});
