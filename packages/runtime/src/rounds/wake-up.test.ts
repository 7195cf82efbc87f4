import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { wakeUp } from './wake-up.js';

describe('wakeUp', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['what timers can wait for', 1000.2, 1001],
    // 2³¹ − 1 ms; a timer that is given more rings after 1 ms, again and again.
    ['longer than timers can', 30 * 24 * 3600 * 1000, 2_147_483_647],
  ])('`wakeUp` waits for %s', async (_, ms, waited) => {
    let isAwake = false;
    const waking = wakeUp(ms, undefined).then(() => {
      isAwake = true;
    });
    await vi.advanceTimersByTimeAsync(waited - 1);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isAwake).toBe(true);
    await waking;
  });

  test('`wakeUp` ends at once when the signal has come, or other news', async () => {
    const controller = new AbortController();
    controller.abort();
    await wakeUp(null, controller.signal);
    await wakeUp(null, undefined, (wake) => queueMicrotask(wake));
  });
});
