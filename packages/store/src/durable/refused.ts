// What a disk or a database says when it refuses, as errors of the store.
import { codeOf } from '../disk/disk.js';
import { StoreDamagedError, StoreFailedError } from '../runs/errors.js';
import type { Damage } from '../runs/run-store.js';

/** Runs `work`; what a disk or database refuses becomes a `StoreFailedError`. */
export async function refused<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === null) throw cause;
    if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
      throw new StoreDamagedError(`Cannot ${action}: ${(cause as Error).message}`, { cause });
    }
    throw new StoreFailedError(`Cannot ${action}: ${(cause as Error).message}`, { cause });
  }
}

/** Each on a line of its own. */
export function damageText(damage: readonly Damage[]): string {
  return damage.map(({ where, reason }) => `\n    ${where}: ${reason}`).join('');
}
