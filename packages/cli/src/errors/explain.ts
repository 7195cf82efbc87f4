// From an error to what the command prints and how it exits.
import { CommanderError } from 'commander';
import { reasons } from './reasons.js';
import { exitCodes, UsageError } from './usage-error.js';

/**
 * 2 for a command line that cannot be run as it stands, 130 for Ctrl-C before the first round, 1 for a run that failed.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (isInterrupt(error)) return exitCodes.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  return exitCodes.failure;
}

/** The message and its causes; the whole stack with `STARLING_DEBUG=1`. `null` if commander has printed. */
export function explain(error: unknown): string | null {
  if (error instanceof CommanderError) return null;
  if (isInterrupt(error)) return 'Stopped before the first round';
  if (process.env['STARLING_DEBUG'] === '1' && error instanceof Error) return error.stack ?? error.message;
  const [line = '', ...causes] = reasons(error);
  const first = error instanceof UsageError ? error.message : line; // a usage error is worded for the user, every line
  // An error often repeats its cause.
  const further = causes.filter((cause) => !first.includes(cause));
  return [first, ...further.map((cause) => `  because: ${cause}`)].join('\n');
}

/** What an `AbortSignal` rejects with. */
function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
