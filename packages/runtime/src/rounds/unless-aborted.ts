// Waiting that a signal ends.

/** The outcome of `running`, or `null` if the signal came first: then nobody waits for it any more. */
export function unlessAborted<T>(running: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (signal === undefined) return running;
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(null);
    if (signal.aborted) abort(); // before it was begun: what is begun now fails by that alone
    signal.addEventListener('abort', abort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
