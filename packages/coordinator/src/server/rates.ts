// How often something happened for one key (an address, a client's name) within a minute. It forgets what is older, and
// never holds more keys than it is told.
export interface Rates {
  /** Counts one more; gives how many that makes in this minute. */
  add(key: string): number;
}

const WINDOW_MS = 60_000;
const MAX_KEYS = 100_000;

/** `now`: a monotonic clock, milliseconds. Minutes begin with the first of a key. */
export function createRates(now: () => number, maxKeys = MAX_KEYS): Rates {
  /** From the longest untouched window to the newest. */
  const windows = new Map<string, { readonly startMs: number; count: number }>();
  return {
    add(key) {
      const time = now();
      const last = windows.get(key);
      if (last !== undefined && time - last.startMs < WINDOW_MS) return ++last.count;
      windows.delete(key);
      windows.set(key, { startMs: time, count: 1 });
      for (const [oldest, { startMs }] of windows) {
        if (windows.size <= maxKeys && time - startMs < WINDOW_MS) break;
        windows.delete(oldest);
      }
      return 1;
    },
  };
}
