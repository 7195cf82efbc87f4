// Results on stdout, a line each.
import { visible } from './visible.js';

type Write = typeof process.stdout.write;

/** Of results alone, once stdout is reserved for them. */
let results: Write | null = null;

export function printLine(line: string): void {
  const text = `${visible(line)}\n`;
  if (results === null) process.stdout.write(text);
  else results(text);
}

/**
 * Keeps stdout for what `printLine` prints: all else, such as what a user's code logs, goes to stderr from now on, in
 * order. Threads print by way of main's stream, and so do client processes.
 */
export function reserveStdout(): void {
  if (results !== null) return;
  results = process.stdout.write.bind(process.stdout);
  // True in any case: who was told to wait would wait for a 'drain' of stdout.
  process.stdout.write = ((...given: Parameters<Write>) => process.stderr.write(...given) || true) as Write;
}
