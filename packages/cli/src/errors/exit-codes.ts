// How the command exits: what a shell, a service manager or a script tells outcomes apart by.
import { CommanderError } from 'commander';
import { UsageError } from './usage-error.js';

/**
 * `failure`: the run failed. `usage`: the command line cannot be run as it stands, as getopt and most tools have it.
 * `unmet`: the run is whole, and its model does not hold what is asked of it. `interrupted`: Ctrl-C. `brokenPipe`: the
 * reader of the output has left, as shells tell it.
 */
export const exitCodes = {
  success: 0,
  failure: 1,
  usage: 2,
  unmet: 3,
  interrupted: 130,
  brokenPipe: 141,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (isInterrupt(error)) return exitCodes.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  return exitCodes.failure;
}

/** What an `AbortSignal` rejects with. */
export function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
