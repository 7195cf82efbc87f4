// A process that ends in the middle of a run, as by `process.exit` in a user's code, must not look like success.
import { writeSync } from 'node:fs';
import { exitCodes } from '../errors/exit-codes.js';

/** Node's, where nothing is left that could settle what `await` waits for. */
const UNSETTLED = 13;

/** What is said of a process that ends with `code` while a run is under way; `null` where it was said already. */
export function unfinishedWords(code: number): string | null {
  if (code === UNSETTLED) {
    return 'the run ended before it was done: it waits for a promise that nothing can settle any more';
  }
  if (code !== exitCodes.success) return null;
  return 'the run ended before it was done: code that it runs called process.exit';
}

/** For 'exit' of the process while a run is under way. `process.exit` sets the exit code before it; an end may not. */
export function endUnfinished(): void {
  const words = unfinishedWords(Number(process.exitCode ?? UNSETTLED));
  if (words === null) return;
  process.exitCode = exitCodes.failure;
  writeSync(process.stderr.fd, `${words}\n`);
}
