// `starling data inspect <file>`: what a file of data holds, before a line of code is written for it; and `starling
// data show <federation>`: how many examples each client has, and of which labels.
import type { Command } from 'commander';
import { setUpFederation } from '../federation/set-up.js';
import { formatDataReport } from '../output/data-text.js';
import { printLine } from '../output/print.js';
import { example, federationArgument, numberOption, settingOption } from './options.js';

export function addDataCommand(program: Command): void {
  const data = program
    .command('data')
    .description('look at data')
    .addHelpText('after', example('starling data show mnist'));
  data
    .command('inspect')
    .description('show the columns of a file, their types, missing values, clients and sizes')
    .addHelpText('after', example('starling data inspect ./readings.csv --client sensor'))
    .argument('<file>', 'the path of a file')
    .option('--client <column>', 'the column that says whose row it is')
    .option('--split <name>', 'the split of a SQLite file of TFF')
    .option('--json', 'one JSON object on stdout', false)
    .action(inspect);
  data
    .command('show')
    .description("show each client's number of examples, and its share of each label")
    .addHelpText('after', example('starling data show mnist --set partition=shards'))
    .addArgument(federationArgument())
    .addOption(settingOption())
    .option('--label <field>', 'the field of an example that is its label', 'y')
    .addOption(numberOption('--lines', 1, 'clients to show, from the first to the last').default(20))
    .action(show);
}

interface InspectOptions {
  readonly client?: string;
  readonly split?: string;
  readonly json: boolean;
}

async function inspect(file: string, { json, ...options }: InspectOptions): Promise<void> {
  const { inspectData } = await import('@starling/data');
  const report = await inspectData(file, options);
  printLine(json ? JSON.stringify(report) : formatDataReport(report));
}

interface ShowOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly label: string;
  readonly lines: number;
}

async function show(name: string, { set, label, lines }: ShowOptions): Promise<void> {
  const { run } = await setUpFederation(name, set);
  const { describePopulation } = await import('@starling/population');
  printLine(await describePopulation({ population: run.population, label, lines }));
}
