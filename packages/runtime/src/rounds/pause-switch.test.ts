import { setImmediate } from 'node:timers/promises';
import { memoryStore } from '@starling/store';
import { expect, test } from 'vitest';
import { numberOf, options } from '../testing/growth.js';
import { createPauseSwitch } from './pause-switch.js';
import { runRounds } from './run-rounds.js';

/** Turns in which a run that is not paused has long gone on. */
const TURNS = 500;

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
}

test('`createPauseSwitch` holds a run after the attempt at hand, until it is resumed', async () => {
  const pause = createPauseSwitch();
  const done: number[] = [];
  let paused!: () => void;
  const isPaused = new Promise<void>((resolve) => {
    paused = resolve;
  });
  const store = memoryStore();
  const running = runRounds(
    options({
      store,
      pause,
      onRound({ round }) {
        done.push(round);
        if (round !== 1) return;
        pause.pause();
        paused();
      },
    }),
  );
  await isPaused;
  await turns();
  expect(done).toEqual([1, 2]); // the second was chosen when the first was told
  const [listed] = await store.list();
  expect((await store.read(listed!.run)).attempts).toHaveLength(2); // none was begun meanwhile
  pause.resume();
  // Cohorts of means 0.5, 1.5 and 2.5, times 2, on top of 100.
  expect(numberOf((await running).state)).toBe(109);
  expect(done).toEqual([1, 2, 3]);
});

test('`createPauseSwitch` begins no round of a run that is paused from the start, and a signal ends it', async () => {
  const controller = new AbortController();
  const running = runRounds(options({ pause: createPauseSwitch(true), signal: controller.signal }));
  await turns();
  controller.abort();
  expect(await running).toMatchObject({ rounds: 0, interrupted: true });
});

test('`createPauseSwitch` tells of changes alone, and nobody who listens no longer', () => {
  const pause = createPauseSwitch();
  let changes = 0;
  const stop = pause.listen(() => changes++);
  pause.resume();
  pause.pause();
  pause.pause();
  pause.resume();
  stop();
  pause.pause();
  expect([changes, pause.isPaused]).toEqual([2, true]);
});
