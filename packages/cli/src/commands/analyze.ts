// `starling analyze <file>`: what a table holds, asked of its owners by federated statistics.
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { printLine } from '../output/print.js';
import { withInterrupt } from '../run/interrupt.js';
import { example, numberOption, textOption } from './options.js';

interface AnalyzeOptions {
  readonly client?: string;
  readonly columns?: string;
  readonly missing?: string;
  readonly minClients: number;
  readonly disclose?: 'extremes';
  readonly runtime: 'in-process' | 'threads';
  readonly workers?: number;
  readonly json: boolean;
  readonly report?: string;
}

export function addAnalyzeCommand(program: Command): void {
  program
    .command('analyze')
    .description('statistics of a table, asked of its clients: sums alone leave them')
    .addHelpText('after', example('starling analyze ./trips.csv --client company --report trips.html'))
    .argument('<file>', 'the path of a .csv, .tsv or .parquet file')
    .option('--client <column>', 'the column that says whose row it is')
    .addOption(textOption('--columns', 'names', 'the columns that are wanted, between commas (default: all)'))
    .addOption(textOption('--missing', 'marks', 'texts that mark a missing value, between commas'))
    .addOption(numberOption('--min-clients', 0, 'withhold what fewer clients have a part in').default(0))
    .addOption(
      new Option('--disclose <what>', "also the extremes, one client's value each").choices(['extremes']),
    )
    .addOption(
      new Option('--runtime <name>', 'in-process or threads')
        .choices(['in-process', 'threads'])
        .default('threads'),
    )
    .addOption(numberOption('--workers', 1, 'threads (default: one a core)'))
    .option('--json', 'one JSON object on stdout', false)
    .addOption(textOption('--report', 'file', 'write a page with histograms there'))
    .action(analyze);
}

async function analyze(file: string, options: AnalyzeOptions): Promise<void> {
  const { client, columns, missing, minClients, disclose, runtime, workers, json, report } = options;
  const { readTables } = await import('@starling/data');
  const { analyzeTables } = await import('../run/analyze-tables.js');
  const tables = await readTables(file, {
    ...(client !== undefined && { client }),
    ...(columns !== undefined && { columns: listOf(columns) }),
    ...(missing !== undefined && { marks: listOf(missing) }),
  });
  const analysis = await withInterrupt((signal) =>
    analyzeTables(tables, {
      minClients,
      ...(disclose !== undefined && { disclose }),
      runtime,
      ...(workers !== undefined && { workers }),
      signal,
    }),
  );
  if (report !== undefined) {
    const { renderAnalysis } = await import('../report/analysis-page.js');
    writeFileSync(report, renderAnalysis(analysis));
  }
  if (json) {
    printLine(JSON.stringify(analysis));
    return;
  }
  const { formatAnalysis } = await import('../output/analysis-text.js');
  printLine(formatAnalysis(analysis));
  if (report !== undefined) printLine(`report: ${report}`);
}

const listOf = (text: string): readonly string[] => text.split(',').map((one) => one.trim());
