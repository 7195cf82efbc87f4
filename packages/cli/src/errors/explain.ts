// From an error to what the command prints.
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { isInterrupt } from './exit-codes.js';
import type { PlacedReason } from './placed-reasons.js';
import { reasons } from './reasons.js';
import { UsageError } from './usage-error.js';

/**
 * The message, the lines of the user's code that it is of, and its causes; all that Node knows with
 * `STARLING_DEBUG=1`. `null` if commander has printed.
 */
export async function explain(error: unknown): Promise<string | null> {
  if (error instanceof CommanderError) return null;
  if (isInterrupt(error)) return 'Stopped before the first round';
  if (process.env['STARLING_DEBUG'] === '1') return inspect(error);
  const [first, ...causes] = await reasonsOf(error);
  return causes
    .reduce(withCause, [first!.words, ...first!.places.map(({ text }) => `    at ${text}`)])
    .join('\n');
}

/** An error and what caused it. One of the command line is of no code, and has its words alone. */
async function reasonsOf(error: unknown): Promise<readonly PlacedReason[]> {
  if (error instanceof UsageError) {
    return [error.message, ...reasons(error).slice(1)].map((words) => ({ words, places: [] }));
  }
  const { placedReasons } = await import('./placed-reasons.js'); // a mistake on the command line is answered at once
  return placedReasons(error);
}

/** What is wrong, without what was tried: an outer error has other words for that, and may repeat the rest. */
function withoutAction(line: string): string {
  const [, rest] = /^(?:Cannot [^:]+|\w*Error): (.*)/.exec(line) ?? [];
  return rest ?? line;
}

/** An error often repeats its cause, words and place; then what is new is the way there. */
function withCause(lines: readonly string[], { words, places }: PlacedReason): readonly string[] {
  const said = lines.join('\n');
  const line = words.split('\n')[0] as string;
  const isNew = !said.includes(line) && !said.includes(withoutAction(line));
  const placeLines = places
    .filter(({ place }) => isNew || !said.includes(place))
    .map(({ text }) => `${isNew ? '      ' : '    '}at ${text}`);
  return [...lines, ...(isNew ? [`  because: ${words.replaceAll('\n', '\n  ')}`] : []), ...placeLines];
}
