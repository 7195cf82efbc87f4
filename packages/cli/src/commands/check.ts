// `starling check <files…>`: type-checks files as they will be loaded, with the TypeScript that is installed.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { exitCodes } from '../errors/exit-codes.js';
import { locateFile } from '../files/locate-file.js';
import { printLine } from '../output/print.js';
import { example } from './options.js';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('type-check files, as an editor would')
    .addHelpText('after', example('starling check ./hot.ts'))
    .argument('<files...>', 'paths of .ts files')
    .action(check);
}

async function check(files: readonly string[]): Promise<void> {
  const paths = files.map((file) => locateFile('Cannot check types', file, TYPESCRIPT));
  const { checkTypes } = await import('../files/check-types.js');
  const mistakes = checkTypes(paths);
  if (mistakes.length === 0) await checkLoadable(paths);
  for (const mistake of mistakes.slice(0, SHOWN)) printLine(mistake);
  if (mistakes.length > SHOWN) printLine(`and ${mistakes.length - SHOWN} more`);
  if (mistakes.length === 0) printLine(`no type errors in ${files.join(', ')}`);
  else process.exitCode = exitCodes.failure;
}

/** Throws what is right to TypeScript and yet cannot be loaded, such as a decorator. */
async function checkLoadable(paths: readonly string[]): Promise<void> {
  const { nodeFault, syntaxFault } = await import('../files/strip-types.js');
  for (const path of paths) {
    const source = await readFile(path, 'utf8');
    const fault = syntaxFault(path, source) ?? nodeFault(path, source);
    if (fault !== null) throw fault;
  }
}

/** More than these are of one mistake, most often. */
const SHOWN = 10;

const TYPESCRIPT = ['.ts', '.mts'];
