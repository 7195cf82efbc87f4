// `starling data inspect <file>`: what a file of data holds, before a line of code is written for it.
import type { Command } from 'commander';
import { formatDataReport } from '../output/data-text.js';

export function addDataCommand(program: Command): void {
  const data = program.command('data').description('look at data');
  data
    .command('inspect')
    .description('show the columns of a file, their types, missing values, clients and sizes')
    .argument('<file>', 'the path of a file')
    .option('--client <column>', 'the column that says whose row it is')
    .option('--json', 'one JSON object on stdout', false)
    .action(inspect);
}

interface InspectOptions {
  readonly client?: string;
  readonly json: boolean;
}

async function inspect(file: string, { client, json }: InspectOptions): Promise<void> {
  const { inspectData } = await import('@starling/data');
  const report = await inspectData(file, client === undefined ? {} : { client });
  process.stdout.write(`${json ? JSON.stringify(report) : formatDataReport(report)}\n`);
}
