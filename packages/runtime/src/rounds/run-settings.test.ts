import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from './run-options.js';
import { runSettings } from './run-settings.js';

/** Cohorts of so many clients, round after round. */
function check(sizes: readonly number[], minReports: number, rounds = 20): () => void {
  const sample = ({ round }: { readonly round: number }) =>
    Array.from({ length: sizes[(round - 1) % sizes.length]! }, (_, client) => client);
  const options = { rounds, minReports, population: { size: 40 }, sampler: { name: 'given', sample } };
  return () => runSettings(options as unknown as RunOptions, seedFrom(1));
}

describe('runSettings', () => {
  test('`runSettings` refuses to ask for more reports than any cohort has clients', () => {
    expect(check([10], 50)).toThrow(expect.objectContaining({ code: 'impossible-rounds' }));
    expect(check([10], 50)).toThrow('Cannot run rounds: minReports must be at most the cohort of 10, got 50');
    expect(check([3, 5, 4], 6)).toThrow('at most the cohort of 5, got 6');
  });

  test('`runSettings` takes what some cohort can give, and a run of no rounds', () => {
    for (const possible of [check([10], 10), check([3, 5, 4], 5), check([10], 0), check([10], 50, 0)]) {
      expect(possible).not.toThrow();
    }
  });

  test('`runSettings` has the attempts and waits that the run has', () => {
    const options = { rounds: 3, population: { size: 4 }, sampler: { name: 'none', sample: () => [] } };
    const settings = (more: Partial<RunOptions>) => () =>
      runSettings({ ...options, ...more } as unknown as RunOptions, seedFrom(1));
    expect(settings({ maxAttempts: 7, backOffMs: 10 })()).toMatchObject({ maxAttempts: 7, backOffMs: 10 });
  });
});
