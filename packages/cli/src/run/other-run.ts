// What a directory that keeps a run may refuse, as mistakes of the command line: it holds another run (which `--force`
// may continue), somebody writes to it, or the rounds that are asked for can never be.

import { StarlingError } from '@starling/federated-core';
import { formatDifference, type OnOtherRun, OtherRunError } from '@starling/runtime';
import type { Logger } from 'pino';
import { UsageError } from '../errors/usage-error.js';

/** For the run's options: with `force`, what differs is logged as a warning, and the run continues all the same. */
export function otherRun(force: boolean, logger: Logger): { readonly onOtherRun?: OnOtherRun } {
  if (!force) return {};
  return {
    onOtherRun: (differences) =>
      logger.warn({ differences: differences.map(formatDifference) }, 'continuing with another run'),
  };
}

/** Codes of what is to be said otherwise on the command line, and is no failure of a run. */
const OF_USAGE: ReadonlySet<string> = new Set([
  'impossible-rounds',
  'store-locked',
  'store-format',
  'bad-token-file',
]);

/** Runs; what the command line can never have becomes a `UsageError`, which says what the user can do. */
export async function withUsageErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof OtherRunError) {
      const force = cause.canContinue ? ', or add --force to continue all the same' : '';
      throw new UsageError(`${cause.message}\n  choose another directory${force}`, { cause });
    }
    if (!(cause instanceof StarlingError && OF_USAGE.has(cause.code))) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
