import { describe, expect, test } from 'vitest';
import { withInterrupt } from './interrupt.js';
import { endUnfinished, unfinishedWords } from './unfinished.js';

describe('unfinishedWords', () => {
  test('`unfinishedWords` tells an exit from a promise that never settles, and is silent on failures', () => {
    expect(unfinishedWords(0)).toMatch(/^the run ended before it was done: .* called process\.exit$/);
    expect(unfinishedWords(13)).toMatch(/^the run ended before it was done: it waits for a promise/);
    expect([1, 130, 141].map(unfinishedWords)).toEqual([null, null, null]);
  });

  test('`withInterrupt` listens for the end of the process while its work lasts', async () => {
    const listens = () => process.listeners('exit').includes(endUnfinished);
    expect([await withInterrupt(async () => listens()), listens()]).toEqual([true, false]);
  });
});
