// How long to wait before the next attempt to connect: exponential, with full jitter, so that a thousand clients
// that lose their coordinator at once do not all come back at once (Brooker, "Exponential Backoff And Jitter", 2015).

export interface BackOff {
  /** The bound of the first wait, milliseconds. Default 250. */
  readonly baseMs?: number;
  /** The bound of every wait, milliseconds. Default 30,000. */
  readonly maxMs?: number;
}

/**
 * A wait in milliseconds, uniform in [0, min(maxMs, baseMs · 2^attempt)); `attempt` counts from 0, `random` is
 * uniform in [0, 1).
 */
export function backOffMs(
  attempt: number,
  random: number,
  { baseMs = 250, maxMs = 30_000 }: BackOff = {},
): number {
  return random * Math.min(maxMs, baseMs * 2 ** attempt);
}
