import { expect, test } from 'vitest';
import { awaitedRun } from './awaited-run.js';

test('`awaitedRun` says to await when a field of the result is read of the promise', async () => {
  const running = awaitedRun(Promise.resolve({ state: 7 }));
  const early = running as unknown as Awaited<typeof running>;
  expect(() => early.state).toThrow(
    /^Cannot read state of a run that is under way: need its result, got a Promise\. Await it: await runRounds\(…\)\n {4}at .*awaited-run\.test\.ts:\d+:\d+$/,
  );
  expect(() => {
    const { state } = early;
    return state;
  }).toThrow(RangeError);
  expect((await running).state).toBe(7);
});

test('`awaitedRun` leaves the run’s own error to those who await, and to nobody who has read too early', async () => {
  const running = awaitedRun(Promise.reject<{ readonly rounds: number }>(new Error('no disk')));
  expect(() => (running as unknown as { readonly rounds: number }).rounds).toThrow('Await it');
  await expect(running).rejects.toThrow('no disk');
});
