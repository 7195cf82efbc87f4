// A process that ends in the middle of a command, as by `process.exit` in a user's code, must not look like success.
import { writeSync } from 'node:fs';
import { exitCodes } from '../errors/exit-codes.js';

/** Node's, where nothing is left that could settle what `await` waits for. */
const UNSETTLED = 13;

/** What is said of a process that ends with `code` while a command is under way; `null` where it was said already. */
export function unfinishedWords(code: number): string | null {
  if (code === UNSETTLED) {
    return 'the command ended before it was done: it waits for a promise that nothing can settle any more';
  }
  if (code !== exitCodes.success) return null;
  return 'the command ended before it was done: code that it runs called process.exit';
}

/**
 * For 'exit' of the process while a command is under way. `process.exit` sets the exit code before it; an end may not.
 */
export function endUnfinished(): void {
  endWith(unfinishedWords(Number(process.exitCode ?? UNSETTLED)));
}

/** The same for a script, which may exit as it likes. */
export function endUnsettled(): void {
  if (Number(process.exitCode ?? UNSETTLED) === UNSETTLED) endWith(unfinishedWords(UNSETTLED));
}

function endWith(words: string | null): void {
  if (words === null) return;
  process.exitCode = exitCodes.failure;
  writeSync(process.stderr.fd, `${words}\n`);
}
