// Waiting between rounds: for a time, or for a signal.

/** Resolves after `ms` milliseconds, or once the signal comes; `null`: only with the signal. */
export function wakeUp(ms: number | null, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
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
