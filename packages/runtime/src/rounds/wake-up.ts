// Waiting between rounds: for a time, for a signal, or for other news.

/** Timers that are to wait longer ring at once; milliseconds. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Resolves after `ms` milliseconds (`null`: never by itself; at most 24 days, since the caller then looks at the time),
 * once the signal comes, or once the function is called that `onWait` is given.
 */
export function wakeUp(
  ms: number | null,
  signal: AbortSignal | undefined,
  onWait: (wake: () => void) => void = () => {},
): Promise<void> {
  return new Promise((resolve) => {
    onWait(done);
    const timer = ms === null ? undefined : setTimeout(done, waitOf(ms));
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Timers may ring a little early: rounded up, so that the time has come. */
function waitOf(ms: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(ms)));
}
