// What other rooms may use of the command line: the program itself, for tests and for tools that embed it.
export { createProgram } from './commands/program.js';
export { runCommand } from './commands/run-command.js';
export { exitCodes } from './errors/exit-codes.js';
export { UsageError } from './errors/usage-error.js';
