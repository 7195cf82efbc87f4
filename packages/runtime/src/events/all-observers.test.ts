import { describe, expect, test } from 'vitest';
import type { RoundLine } from '../record/record-line.js';
import { allObservers } from './all-observers.js';
import type { RunObserver } from './run-events.js';

describe('allObservers', () => {
  test('`allObservers` waits for each observer before the next, and asks for the record if one of them does', async () => {
    const calls: string[] = [];
    const slow: RunObserver = {
      round: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        calls.push('slow');
      },
    };
    const quick: RunObserver = { round: () => void calls.push('quick') };
    await allObservers([slow, quick]).round?.({} as RoundLine);
    expect(calls).toEqual(['slow', 'quick']);
    expect(allObservers([slow, quick]).record).toBeUndefined();
    expect(allObservers([slow, { record: () => {} }]).record).toBeDefined();
  });
});
