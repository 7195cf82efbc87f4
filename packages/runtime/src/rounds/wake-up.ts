// Waiting between rounds: for a time, for a signal, or for other news.

/**
 * Resolves after `ms` milliseconds (`null`: never by itself), once the signal comes, or once the function is called
 * that `onWait` is given.
 */
export function wakeUp(
  ms: number | null,
  signal: AbortSignal | undefined,
  onWait: (wake: () => void) => void = () => {},
): Promise<void> {
  return new Promise((resolve) => {
    onWait(done);
    // Timers may ring a little early: rounded up, so that the time has come.
    const timer = ms === null ? undefined : setTimeout(done, Math.max(0, Math.ceil(ms)));
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
