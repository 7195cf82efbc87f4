// One command line, run as the `starling` command runs it: what goes wrong is printed and becomes an exit code.
import { exitCodeOf } from '../errors/exit-codes.js';
import { explain } from '../errors/explain.js';
import { visible } from '../output/visible.js';
import { createProgram } from './program.js';

/**
 * Runs `parameters`, such as `['simulate', 'mnist']`. Never rejects: a failure is on stderr, and its code in
 * `process.exitCode`.
 */
export async function runCommand(parameters: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(parameters, { from: 'user' });
  } catch (error) {
    await reportFailure(error);
  }
}

/** Prints what went wrong, and sets the exit code. */
export async function reportFailure(error: unknown): Promise<void> {
  process.exitCode = exitCodeOf(error);
  const text = await explain(error);
  if (text !== null) process.stderr.write(`${visible(text)}\n`);
}
