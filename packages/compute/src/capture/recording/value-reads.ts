// Reading values while a body is traced, when there are none. As a rule that is an error; in a process that debugs,
// bodies read values where they are run eagerly, and tracing has to get past such lines.

let tolerated = false;

/** From now on a read while tracing gives zeros, and the console is silent while a body is traced. */
export function tolerateReads(): void {
  tolerated = true;
}

export function readsAreTolerated(): boolean {
  return tolerated;
}

const SPEAKING = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const;

/** Traces `body`; where reads are tolerated, what it prints of zeros is not shown. */
export function tracedQuietly<T>(body: () => T): T {
  if (!tolerated) return body();
  const usual = SPEAKING.map((method) => [method, console[method]] as const);
  for (const method of SPEAKING) console[method] = () => {};
  try {
    return body();
  } finally {
    Object.assign(console, Object.fromEntries(usual));
  }
}
