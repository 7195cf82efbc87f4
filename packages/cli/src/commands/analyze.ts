// `starling analyze <file>`: what a table holds, asked of its owners by federated statistics.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Tables } from '@starling/population';
import { DEFAULT_ENGINE } from '@starling/runtime/engines';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { isTables } from '../federation/is-tables.js';
import { loadFile } from '../federation/load.js';
import { looksLikeModule } from '../files/locate-file.js';
import { createLogger } from '../output/logger.js';
import { printLine } from '../output/print.js';
import { withInterrupt } from '../run/interrupt.js';
import { addListeningOptions, type ListeningOptions, readListening } from './listening.js';
import { example, numberOption, textOption } from './options.js';

interface AnalyzeOptions extends ListeningOptions {
  readonly client?: string;
  readonly columns?: string;
  readonly missing?: string;
  readonly minClients: number;
  readonly disclose?: 'extremes';
  readonly runtime: (typeof RUNTIMES)[number];
  readonly workers?: number;
  readonly json: boolean;
  readonly report?: string;
}

const RUNTIMES = ['in-process', 'threads', 'live'] as const;

export function addAnalyzeCommand(program: Command): void {
  const command = program
    .command('analyze')
    .description('statistics of a table, asked of its clients: sums alone leave them')
    .addHelpText('after', example('starling analyze ./trips.csv --client company --report trips.html'))
    .argument('<file>', 'a .csv, .tsv or .parquet file, or a .ts or .js file that exports tables')
    .option('--client <column>', 'the column that says whose row it is')
    .addOption(textOption('--columns', 'names', 'the columns that are wanted, between commas (default: all)'))
    .addOption(textOption('--missing', 'marks', 'texts that mark a missing value, between commas'))
    .addOption(numberOption('--min-clients', 0, 'withhold what fewer clients have a part in').default(0))
    .addOption(
      new Option('--disclose <what>', "also the extremes, one client's value each").choices(['extremes']),
    )
    .addOption(
      new Option('--runtime <name>', 'in-process, threads, or live: clients that join')
        .choices(RUNTIMES)
        .default('threads'),
    )
    .addOption(numberOption('--workers', 1, 'threads (default: one a core)'))
    .option('--json', 'one JSON object on stdout', false)
    .addOption(textOption('--report', 'file', 'write a page with histograms there'))
    .action(analyze);
  addListeningOptions(command);
}

async function analyze(file: string, options: AnalyzeOptions, command: Command): Promise<void> {
  const { minClients, disclose, runtime, json, report } = options;
  const isLive = runtime === 'live';
  if (runtime !== 'threads' && options.workers !== undefined) {
    throw new UsageError(`Cannot use --workers: need a runtime that has workers, got '${runtime}'`);
  }
  const logger = createLogger();
  const listening = readListening(runtime, options, command, logger);
  const tables = await tablesIn(file, options);
  const { analyzeTables } = await import('../run/analyze-tables.js');
  const { askedClients, listeningLine } = await import('../run/asked-clients.js');
  const analysis = await withInterrupt(async (signal) => {
    const clients = await askedClients(runtime, {
      engine: DEFAULT_ENGINE,
      workers: options.workers ?? availableParallelism(),
      federation: file,
      settings: {},
      population: tables.size,
      listening,
      logger,
      signal,
      onFailure: () => {},
    });
    const { url } = clients;
    if (url !== null) {
      printLine(json ? JSON.stringify({ type: 'listening', url }) : listeningLine(url, tables));
    }
    let isOver = false;
    try {
      const found = await analyzeTables(tables, {
        minClients,
        ...(disclose !== undefined && { disclose }),
        runtime: clients.runtime,
        isLive,
        signal,
      });
      isOver = true;
      return found;
    } finally {
      await clients.close(isOver);
    }
  });
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

/** The tables of a data file, or those that a module exports. */
async function tablesIn(file: string, options: AnalyzeOptions): Promise<Tables> {
  const { client, columns, missing } = options;
  if (looksLikeModule(file)) {
    const { path, value } = await loadFile(file);
    if (!isTables(value)) {
      const got = value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
      throw new UsageError(
        `Cannot analyze ${path}: need 'export default' of tables, which tablesOf({ … }) and await readTables(…) give, got ${got}`,
      );
    }
    const given = ['client', 'columns', 'missing'].find(
      (name) => options[name as 'client' | 'columns' | 'missing'] !== undefined,
    );
    if (given !== undefined) {
      throw new UsageError(`Cannot use --${given}: need a data file, got ${file}, which says it itself`);
    }
    return value;
  }
  if (options.runtime === 'live') {
    throw new UsageError(
      `Cannot ask live clients: need a .ts or .js file that exports tables, which clients join by, got ${file}`,
    );
  }
  const { readTables } = await import('@starling/data');
  return readTables(file, {
    ...(client !== undefined && { client }),
    ...(columns !== undefined && { columns: listOf(columns) }),
    ...(missing !== undefined && { marks: listOf(missing) }),
  });
}
