import { mnist } from '@starling/datasets';
import { seedFrom } from '@starling/federated-core';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import fedprox from './main.js';
import { twoDigitClients } from './two-digit-clients.js';

describe('twoDigitClients', () => {
  const { y } = mnist().train.columns as unknown as { readonly y: { readonly data: Int32Array } };
  const clients = twoDigitClients(y.data, 1000, seedFrom(0));
  const rowsOf = ({ train, test }: (typeof clients)[number]): number[] => [...train, ...test];

  test('deals every row once', () => {
    const all = clients.flatMap(rowsOf);
    expect(all.length).toBe(60_000);
    expect(new Set(all).size).toBe(60_000);
  });

  test('gives client i the digits i and i + 1, at least five of each, and keeps a tenth for tests', () => {
    for (const [index, client] of clients.entries()) {
      const labels = rowsOf(client).map((row) => y.data[row]!);
      const counts = countsOf(labels);
      expect([...counts.keys()].sort()).toEqual([index % 10, (index + 1) % 10].sort());
      expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(5);
      expect(client.train.length).toBe(Math.floor(0.9 * labels.length));
    }
  });

  test('gives a few clients very many rows, and most few', () => {
    // Sums of two exp(2 z): the median of exp(2 z) is 1 and its mean e² = 7.4, so that most are far below the mean of
    // 60.
    const sizes = clients.map((client) => rowsOf(client).length).sort((a, b) => a - b);
    expect(sizes[500]).toBeLessThan(45);
    expect(sizes[999]).toBeGreaterThan(600);
  });

  test('refuses more clients than there are rows for', () => {
    expect(() => twoDigitClients(y.data, 10_000, seedFrom(0))).toThrow(
      /^Cannot deal digits: need 5 rows for each of 2000 clients, got \d+ in all$/,
    );
  });
});

const countsOf = (labels: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

describe('fedprox', () => {
  const accuracyAfter = async (rounds: number, settings: Record<string, unknown>): Promise<number> => {
    const { evaluation, ...run } = await fedprox.build(fedprox.options.parse(settings));
    const result = await runRounds({
      ...run,
      evaluation: { ...evaluation!, every: rounds } as NonNullable<typeof evaluation>,
      runtime: inProcessRuntime(),
      rounds,
      seed: 1,
    });
    return (result.evaluation as unknown as { readonly accuracy: number }).accuracy;
  };

  test('learns more from what stragglers have than without them', { timeout: 60_000 }, async () => {
    // After 30 of the 100 rounds: 0.83 and 0.65 with this seed; the README has the whole curves.
    const kept = await accuracyAfter(30, { mu: 2 });
    expect(kept).toBeGreaterThan(0.75);
    expect(kept).toBeGreaterThan((await accuracyAfter(30, { algorithm: 'fedavg' })) + 0.05);
  });
});
