// `starling run <script> [arguments…]`: runs a file of TypeScript or JavaScript, loaded as a federation is. What it
// does, prints and exits with is its own affair.
import type { Command } from 'commander';
import { isFederation } from '../federation/load.js';
import { importFile } from '../files/import-file.js';
import { locateFile } from '../files/locate-file.js';
import { endUnfinished, endUnsettled } from '../run/unfinished.js';
import { example } from './options.js';

export function addRunCommand(program: Command): void {
  program
    .enablePositionalOptions()
    .command('run')
    .description('run any .ts or .js file, such as a study of your own')
    .addHelpText('after', example('starling run ./study.ts --seeds 5'))
    .argument('<script>', 'its path')
    .argument('[arguments...]', 'for the script: its process.argv from the third on')
    .passThroughOptions()
    .action(run);
}

async function run(script: string, given: readonly string[]): Promise<void> {
  const path = locateFile('Cannot run a script', script);
  process.off('exit', endUnfinished);
  process.on('exit', endUnsettled);
  process.argv = [process.execPath, path, ...given];
  const { default: value } = await importFile(path);
  if (isFederation(value)) {
    process.stderr.write(
      `${script} defines a federation and runs nothing; try 'starling simulate ${script}'\n`,
    );
  }
}
