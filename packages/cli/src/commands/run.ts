// `starling run <script> [arguments…]`: runs a file of TypeScript or JavaScript, loaded as a federation is. What it
// does, prints and exits with is its own affair.
import type { Command } from 'commander';
import { exitCodeOf } from '../errors/exit-codes.js';
import { explain } from '../errors/explain.js';
import { isFederation } from '../federation/load.js';
import { importFile } from '../files/import-file.js';
import { locateFile } from '../files/locate-file.js';
import { visible } from '../output/visible.js';

export function addRunCommand(program: Command): void {
  program
    .enablePositionalOptions()
    .command('run')
    .description('run any .ts or .js file, such as a study of your own')
    .argument('<script>', 'its path')
    .argument('[arguments...]', 'for the script: its process.argv from the third on')
    .passThroughOptions()
    .action(run);
}

async function run(script: string, given: readonly string[]): Promise<void> {
  const path = locateFile('Cannot run a script', script);
  process.argv = [process.execPath, path, ...given];
  process.on('uncaughtException', fail);
  const { default: value } = await importFile(path);
  if (isFederation(value)) {
    process.stderr.write(
      `${script} defines a federation and runs nothing; try 'starling simulate ${script}'\n`,
    );
  }
}

/** What is thrown once the script is loaded, such as by what it does not await; unless it listens itself. */
function fail(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return;
  void explain(error).then((text) => {
    if (text !== null) process.stderr.write(`${visible(text)}\n`);
    process.exit(exitCodeOf(error));
  });
}
