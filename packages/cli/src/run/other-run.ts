// `--force`, and what is said without it: a directory that holds another run is not continued unasked.
import { formatDifference, type OnOtherRun, OtherRunError } from '@starling/runtime';
import type { Logger } from 'pino';
import { UsageError } from '../errors/usage-error.js';

/** For the run's options: with `force`, what differs is logged as a warning, and the run continues all the same. */
export function otherRun(force: boolean, logger: Logger): { readonly onOtherRun?: OnOtherRun } {
  if (!force) return {};
  return {
    onOtherRun: (differences) =>
      logger.warn(
        { differences: differences.map(formatDifference) },
        'continuing from a checkpoint of another run',
      ),
  };
}

/** Runs; an `OtherRunError` becomes a `UsageError` that says what the user can do. */
export async function withForceHint<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof OtherRunError)) throw error;
    throw new UsageError(
      `${error.message}\n  choose another directory, or add --force to continue all the same`,
      {
        cause: error,
      },
    );
  }
}
