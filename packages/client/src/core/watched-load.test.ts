import { expect, test } from 'vitest';
import type { After } from './after.js';
import { PATIENCE_MS, watchedLoad } from './watched-load.js';

/** A clock that a test moves. */
function clockByHand() {
  const waiting = new Set<() => void>();
  const asked: number[] = [];
  const after: After = (ms, late) => {
    asked.push(ms);
    waiting.add(late);
    return () => void waiting.delete(late);
  };
  return { after, asked, waiting };
}

test('`watchedLoad` speaks of a load that has not settled, and waits on', async () => {
  const { after, asked, waiting } = clockByHand();
  let come: (value: number) => void = () => {};
  let said = 0;
  const loading = watchedLoad(
    () => new Promise<number>((resolve) => (come = resolve)),
    () => said++,
    after,
  );
  expect(asked).toEqual([PATIENCE_MS]);
  for (const late of waiting) late();
  expect(said).toBe(1);
  come(7);
  expect(await loading).toBe(7);
});

test('`watchedLoad` says nothing of a load that settles, nor of one that throws', async () => {
  const { after, waiting } = clockByHand();
  const said = () => expect.unreachable();
  expect(await watchedLoad(() => 7, said, after)).toBe(7);
  expect(await watchedLoad(async () => 8, said, after)).toBe(8);
  const broken = () => {
    throw new Error('no disk');
  };
  await expect(watchedLoad(broken, said, after)).rejects.toThrow('no disk');
  expect(waiting.size).toBe(0);
});
