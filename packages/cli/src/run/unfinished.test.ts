import { describe, expect, test } from 'vitest';
import { unfinishedWords } from './unfinished.js';

describe('unfinishedWords', () => {
  test('`unfinishedWords` tells an exit from a promise that never settles, and is silent on failures', () => {
    expect(unfinishedWords(0)).toMatch(/^the command ended before it was done: .* called process\.exit$/);
    expect(unfinishedWords(13)).toMatch(/^the command ended before it was done: it waits for a promise/);
    expect([1, 130, 141].map(unfinishedWords)).toEqual([null, null, null]);
  });
});
