import { describe, expect, test, vi } from 'vitest';
import { options } from '../testing/growth.js';
import type { RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

/** Client 5 holds NaN, and is asked in rounds 5 and 6 of six, first among others and then with 0. */
const sample: RunOptions['sampler'] = {
  name: 'own',
  sample: ({ round }) => (round < 5 ? [0, 1] : round === 5 ? [4, 5] : [0, 5]),
};

async function warningsOf(more: Partial<RunOptions>) {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const result = await runRounds(options({ sampler: sample, rounds: 6, ...more }));
    return { result, words: warn.mock.calls.map(([text]) => String(text)) };
  } finally {
    warn.mockRestore();
  }
}

describe('what `runRounds` says of clients that did not count', () => {
  test('is in its result, and one warning at the end', async () => {
    const { result, words } = await warningsOf({});
    expect(result.lost).toMatchObject([
      { status: 'rejected', code: 'non-finite-update', count: 2, clients: ['client-5'] },
    ]);
    expect(words).toHaveLength(1);
    expect(words[0]).toMatch(/^Starling: 2 answers of clients did not count in 6 rounds /);
    expect(words[0]).toContain('2 refused, non-finite-update: ');
    expect(words[0]).toContain('(client-5)');
  });

  test('is not said again to those who take the record, or rounds and failed rounds', async () => {
    const ignore = (): void => {};
    expect((await warningsOf({ onRecord: ignore })).words).toEqual([]);
    const both = await warningsOf({ onRound: ignore, onFailedRound: ignore });
    expect(both.words).toEqual([]);
    expect(both.result.lost).toHaveLength(1);
  });

  test('is nothing where all counted', async () => {
    const { result, words } = await warningsOf({ rounds: 4 });
    expect(result.lost).toEqual([]);
    expect(words).toEqual([]);
  });
});
