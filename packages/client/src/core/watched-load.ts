// A load that is long in coming: the round at the coordinator goes by its deadline, and this client would be dropped
// without a word here. Its log says so; the wait stays, as nobody knows how long a disk may take.
import { type After, byTimer } from './after.js';

/** How long a load takes before it is spoken of, as in a simulation. */
export const PATIENCE_MS = 30_000;

/** What `load` gives; `late` is called, once, if that is a promise which has not settled after `PATIENCE_MS`. */
export async function watchedLoad<T>(
  load: () => T | Promise<T>,
  late: () => void,
  after: After = byTimer,
): Promise<T> {
  const cancel = after(PATIENCE_MS, late);
  try {
    return await load();
  } finally {
    cancel();
  }
}
