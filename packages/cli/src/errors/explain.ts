// From an error to what the command prints and how it exits.
import { inspect } from 'node:util';
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

/**
 * The message, the lines of the user's code that it is of, and its causes; all that Node knows with
 * `STARLING_DEBUG=1`. `null` if commander has printed.
 */
export async function explain(error: unknown): Promise<string | null> {
  if (error instanceof CommanderError) return null;
  if (isInterrupt(error)) return 'Stopped before the first round';
  if (process.env['STARLING_DEBUG'] === '1') return inspect(error);
  const [first = '', ...causes] = await wordsOf(error);
  // An error often repeats its cause.
  const further = causes.filter((cause) => !first.includes(cause.split('\n')[0] as string));
  return [first, ...further.map((cause) => `  because: ${cause.replaceAll('\n', '\n  ')}`)].join('\n');
}

/** An error and what caused it. One of the command line is of no code, and has its words alone. */
async function wordsOf(error: unknown): Promise<readonly string[]> {
  if (error instanceof UsageError) return [error.message, ...reasons(error).slice(1)];
  const { placedReasons } = await import('./placed-reasons.js'); // a mistake on the command line is answered at once
  return placedReasons(error);
}

/** What an `AbortSignal` rejects with. */
function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
