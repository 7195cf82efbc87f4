// Entry of the `starling` command: runs the program on the process's arguments and turns errors into exit codes.

import { createProgram } from './commands/program.js';
import { exitCodeOf, explain } from './errors/explain.js';

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  const text = explain(error);
  if (text !== null) process.stderr.write(`${text}\n`);
  process.exitCode = exitCodeOf(error);
}
