// Timers that keep no process up, and that tests may replace.

/** Calls `late` after so many milliseconds, unless what it gives is called before. */
export type After = (ms: number, late: () => void) => () => void;

export const byTimer: After = (ms, late) => {
  const timer = setTimeout(late, ms);
  if (typeof timer === 'object') timer.unref(); // on Node
  return () => clearTimeout(timer);
};
