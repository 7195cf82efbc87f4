import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { partitionerContract } from './contract.js';
import { dirichletPartition } from './dirichlet-partition.js';

// 10,000 rows of 10 labels, 1,000 each, in runs.
const labels = Int32Array.from({ length: 10_000 }, (_, row) => Math.floor(row / 1_000));

/** Mean over clients of Σ share², the chance that two of a client's rows have one label. */
function sameness(concentration: number, clients: number): number {
  const parts = dirichletPartition({ clients, concentration }).partition(labels, seedFrom(1));
  const each = parts.map((part) => {
    const counts = new Array<number>(10).fill(0);
    for (const row of part) counts[labels[row] as number] = (counts[labels[row] as number] as number) + 1;
    return counts.reduce((sum, count) => sum + (count / part.length) ** 2, 0);
  });
  return each.reduce((sum, value) => sum + value, 0) / clients;
}

describe('dirichletPartition', () => {
  test('mixes labels as the concentration says', () => {
    // A mix p from Dirichlet(α/10, …) has E Σ p² = (1 + α/10) / (1 + α): 0.55 for α = 1, 0.109 for α = 100. The last
    // clients take what is left, and 500 rows a client add up to 1/500, so the bounds are wide.
    const fewClients = 20;
    expect(sameness(1, fewClients)).toBeGreaterThan(0.35);
    expect(sameness(1, fewClients)).toBeLessThan(0.7);
    expect(Math.abs(sameness(100, fewClients) - 0.109)).toBeLessThan(0.02);
  });

  test('gives clients one label each when the concentration is small, and all when it is large', () => {
    expect(sameness(0.01, 10)).toBeGreaterThan(0.8);
    expect(sameness(1e6, 10)).toBeLessThan(0.105);
  });

  test('gives all clients the same number of rows', () => {
    const parts = dirichletPartition({ clients: 100, concentration: 0.3 }).partition(labels, seedFrom(2));
    expect(parts.map(({ length }) => length)).toEqual(new Array(100).fill(100));
  });

  test('throws when the concentration is not above zero', () => {
    expect(() => dirichletPartition({ clients: 2, concentration: 0 })).toThrow(
      'concentration must be a finite number > 0, got 0',
    );
  });

  partitionerContract('dirichlet', (clients) => dirichletPartition({ clients, concentration: 0.5 }));
});
