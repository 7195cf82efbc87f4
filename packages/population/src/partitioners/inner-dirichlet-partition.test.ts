import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { digits, labelTable, sizesOf } from '../testing/digits.js';
import { partitionerContract } from './contract.js';
import { evenSizes } from './cuts.js';
import { innerDirichletPartition } from './inner-dirichlet-partition.js';

describe('innerDirichletPartition', () => {
  test('gives ten clients 6,000 digits each', () => {
    // The documented example of flwr-datasets: InnerDirichletPartitioner([6_000] * 10, 'label', 0.5).
    const sizes = new Array<number>(10).fill(6_000);
    const parts = innerDirichletPartition({ sizes, concentration: 0.5 }).partition(digits, seedFrom(1));
    expect(sizesOf(parts)).toEqual(sizes);
  });

  test('mixes labels as the concentration says, while no label runs out', () => {
    // A mix p has E Σ p² = (α + 1) / (kα + 1); of n rows of it, E Σ (count / n)² = E Σ p² (1 − 1/n) + 1/n. 400 clients
    // of 50 of 200,000 rows, 10 labels, α = 0.5: 0.25 · 0.98 + 0.02 = 0.265. Σ p² varies by 0.13 at most: 5 · 0.13 /
    // 20.
    const labels = Int32Array.from({ length: 200_000 }, (_, row) => row % 10);
    const sizes = new Array<number>(400).fill(50);
    const parts = innerDirichletPartition({ sizes, concentration: 0.5 }).partition(labels, seedFrom(2));
    const sameness = labelTable(parts, labels, 10).map((counts) =>
      counts.reduce((sum, count) => sum + (count / 50) ** 2, 0),
    );
    const mean = sameness.reduce((sum, value) => sum + value, 0) / 400;
    expect(Math.abs(mean - 0.265)).toBeLessThan(0.033);
  });

  test('gives labels shares by their own concentration', () => {
    // α = 1 and 3: label 1 has 3/4 of the rows. √(3/16 / 5 / 400) = 0.0097; five of them is 0.05.
    const labels = Int32Array.from({ length: 100_000 }, (_, row) => row % 2);
    const sizes = new Array<number>(400).fill(50);
    const parts = innerDirichletPartition({ sizes, concentration: [1, 3] }).partition(labels, seedFrom(3));
    const ones = parts.reduce((sum, part) => sum + part.filter((row) => labels[row] === 1).length, 0);
    expect(Math.abs(ones / 20_000 - 0.75)).toBeLessThan(0.05);
  });

  test('deals what is left when the labels of a mix have run out', () => {
    const labels = Int32Array.from({ length: 100 }, (_, row) => (row < 90 ? 0 : 1));
    const parts = innerDirichletPartition({ sizes: [50, 50], concentration: 1e-7 }).partition(
      labels,
      seedFrom(4),
    );
    expect(sizesOf(parts)).toEqual([50, 50]);
  });

  test('throws when sizes or concentrations do not fit the rows', () => {
    const cut = (sizes: readonly number[], concentration: number | readonly number[]) =>
      innerDirichletPartition({ sizes, concentration }).partition(Int32Array.of(0, 1, 0, 1), seedFrom(1));
    expect(() => cut([2, 3], 1)).toThrow('need at least 5 rows for the sum of sizes, got 4');
    expect(() => cut([2, 2], [1, 2, 3])).toThrow('need a concentration for each of 2 labels, got 3');
    expect(() => cut([2, 0], 1)).toThrow('sizes[1] must be a whole number from 1 to 2147483647, got 0');
  });

  partitionerContract('inner-dirichlet', (clients) =>
    innerDirichletPartition({
      sizes: Number.isInteger(clients) ? evenSizes(1013, clients) : [],
      concentration: 0.5,
    }),
  );
});
