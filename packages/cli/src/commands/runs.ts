// `starling runs`: what is kept of runs. Lists them, shows one, compares some, looks for damage, makes their records
// again, and replays them to the same states.
import { lstatSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunStore } from '@starling/store';
import type { Command } from 'commander';
import { exitCodes } from '../errors/exit-codes.js';
import { UsageError } from '../errors/usage-error.js';
import { printLine } from '../output/print.js';
import { example, federationArgument, settingOption } from './options.js';
import {
  addServerRunsCommands,
  formatServerRuns,
  onServer,
  type ServerOption,
  serverOptions,
  tell,
} from './server-runs.js';

interface RunOption {
  readonly run?: string;
  readonly json: boolean;
}

export function addRunsCommand(program: Command): void {
  const runs = program
    .command('runs')
    .description('look at runs that were kept by --out or --state, and operate those of a server')
    .addHelpText('after', example('starling runs list runs'));
  serverOptions(runs.command('list'))
    .description('list all runs below a directory, or of a server')
    .addHelpText('after', example('starling runs list runs'))
    .argument('[dir]', 'where to look', '.')
    .option('--json', 'one JSON array on stdout', false)
    .action(list);
  serverOptions(ofOneRun(runs.command('show'), ', or with --server its name there'))
    .addHelpText('after', example('starling runs show runs/mnist'))
    .description('show what a run is, its rounds, failed attempts, and who did not count')
    .action(show);
  runs
    .command('compare')
    .description('show in what runs differ, how far their states are the same, and what each came to')
    .addHelpText('after', example('starling runs compare runs/slow runs/fast'))
    .argument('<dirs...>', 'the directories that keep them')
    .option('--json', 'one JSON object on stdout', false)
    .action(compare);
  ofOneRun(runs.command('verify'))
    .addHelpText('after', example('starling runs verify runs/mnist'))
    .description('read all that is kept of a run, and name what is damaged (exit code 1)')
    .action(verify);
  ofOneRun(runs.command('export'))
    .addHelpText('after', example('starling runs export runs/mnist'))
    .description('make metrics.jsonl again from what is kept, or metrics.csv')
    .option('--csv', 'a row a round, a column a number', false)
    .option('--to <file>', 'write there (default: metrics.jsonl or metrics.csv in <dir>)')
    .action(exportRun);
  ofOneRun(runs.command('replay'))
    .addHelpText('after', example('starling runs replay runs/mnist mnist'))
    .addArgument(federationArgument('of the run: '))
    .description(
      'run its rounds again in this process, and compare each state with the one that was committed',
    )
    .addOption(settingOption())
    .action(replay);
  addServerRunsCommands(runs);
}

/** `<dir>`, `--run` and `--json`. */
function ofOneRun(command: Command, more = ''): Command {
  return command
    .argument('<dir>', `the directory that keeps it${more}`)
    .option('--run <name>', 'which, of a directory of many')
    .option('--json', 'JSON on stdout, and nothing else there', false);
}

async function list(directory: string, options: ServerOption & { readonly json: boolean }): Promise<void> {
  const { json } = options;
  if (options.server !== undefined) {
    if (directory !== '.') {
      throw new UsageError(
        `Cannot list runs: need a directory, or a server (--server, STARLING_SERVER), got '${directory}' and ${options.server}`,
      );
    }
    await onServer(options, async (server) => {
      const listed = await server.list();
      printLine(json ? JSON.stringify(listed) : formatServerRuns(listed));
    });
    return;
  }
  const { StarlingError } = await import('@starling/federated-core');
  const { storeDirectories, storeIn } = await import('../kept/find-runs.js');
  const { pictureOf } = await import('../kept/run-picture.js');
  const { formatRuns } = await import('../kept/run-text.js');
  const found = [];
  const unread: string[] = [];
  for (const each of storeDirectories(directory, (problem) => unread.push(problem))) {
    const store = await storeIn(each);
    try {
      for (const { run } of await store.list()) {
        const { federation, rounds, asked, end } = pictureOf(await store.read(run));
        found.push({ run, federation, rounds, asked, end, directory: each });
      }
    } catch (error) {
      if (!(error instanceof StarlingError)) throw error;
      unread.push(error.message); // the others are listed all the same
    } finally {
      await store.close();
    }
  }
  if (json) printLine(JSON.stringify(found));
  else printLine(formatRuns(found));
  if (unread.length === 0) return;
  for (const message of unread) process.stderr.write(`${message}\n`);
  process.exitCode = exitCodes.failure;
}

/** Opens the store of a directory for reading, and closes it again. */
async function withRun<T>(
  directory: string,
  wanted: string | undefined,
  use: (store: RunStore, run: string) => Promise<T>,
): Promise<T> {
  const { runIn, storeIn } = await import('../kept/find-runs.js');
  const store = await storeIn(directory);
  try {
    return await use(store, await runIn(store, wanted));
  } finally {
    await store.close();
  }
}

async function show(directory: string, options: RunOption & ServerOption): Promise<void> {
  const { run: wanted, json } = options;
  if (options.server !== undefined) {
    await onServer(options, async (server) => tell(await server.show(directory), json));
    return;
  }
  const { pictureOf } = await import('../kept/run-picture.js');
  const { formatRun } = await import('../kept/run-text.js');
  await withRun(directory, wanted, async (store, run) => {
    const picture = pictureOf(await store.read(run));
    printLine(json ? JSON.stringify(picture) : formatRun(picture));
  });
}

async function compare(directories: readonly string[], { json }: { readonly json: boolean }): Promise<void> {
  const { compareRuns } = await import('../kept/compare-runs.js');
  const { formatComparison, MOST_RUNS } = await import('../kept/comparison-text.js');
  const { pictureOf } = await import('../kept/run-picture.js');
  const { recordOfRun } = await import('@starling/runtime/record');
  if (directories.length < 2 || directories.length > MOST_RUNS) {
    const got = directories.length === 1 ? 'one' : directories.length;
    throw new UsageError(`Cannot compare runs: need 2 to ${MOST_RUNS} directories, got ${got}`);
  }
  const kept = [];
  for (const directory of directories) {
    kept.push(
      await withRun(directory, undefined, async (store, run) => ({
        directory,
        picture: pictureOf(await store.read(run)),
        lines: recordOfRun(await store.journal(run)),
      })),
    );
  }
  const comparison = compareRuns(kept);
  printLine(json ? JSON.stringify(comparison) : formatComparison(comparison));
}

async function verify(directory: string, { run: wanted, json }: RunOption): Promise<void> {
  await withRun(directory, wanted, async (store, run) => {
    const damage = await store.verify(run);
    const { commits } = await store.read(run);
    if (json) printLine(JSON.stringify({ run, rounds: commits.length, damage }));
    else if (damage.length === 0)
      printLine(`run ${run}: all that is kept of ${commits.length} rounds is whole`);
    else for (const { where, reason } of damage) printLine(`${where}: ${reason}`);
    if (damage.length > 0) process.exitCode = exitCodes.failure;
  });
}

interface ExportOptions extends RunOption {
  readonly csv: boolean;
  readonly to?: string;
}

async function exportRun(directory: string, options: ExportOptions): Promise<void> {
  const { json, csv, to } = options;
  const { RECORD_FILE, recordOfRun, recordText } = await import('@starling/runtime/record');
  const { recordCsv } = await import('../kept/record-csv.js');
  if (json && csv) throw new UsageError('Cannot export a run: need --json or --csv, got both');
  await withRun(directory, options.run, async (store, run) => {
    const lines = recordOfRun(await store.journal(run));
    if (json && to === undefined) {
      for (const line of lines) printLine(JSON.stringify(line));
      return;
    }
    const path = to ?? join(directory, csv ? 'metrics.csv' : RECORD_FILE);
    await writeWhole(path, csv ? recordCsv(lines) : recordText(lines));
    printLine(json ? JSON.stringify({ path }) : path);
  });
}

/**
 * Aside, and then in the place of a file, so that a kill leaves what was there before, and no half of it; to anything
 * else, such as /dev/stdout, as it comes.
 */
async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.partial`;
  const there = lstatSync(path, { throwIfNoEntry: false });
  try {
    if (there !== undefined && !there.isFile()) return await writeFile(path, text);
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => {});
    const problem = (cause as Error).message;
    throw new UsageError(`Cannot export a run to ${path}: need a file that can be written, got: ${problem}`, {
      cause,
    });
  }
}

interface ReplayOptions extends RunOption {
  readonly set: Readonly<Record<string, string>>;
}

async function replay(directory: string, federation: string, options: ReplayOptions): Promise<void> {
  const { replayKept } = await import('../kept/replay-kept.js');
  const { json, set } = options;
  const agrees = await withRun(directory, options.run, (store, run) =>
    replayKept({ store, run, federation, settings: set }, json, printLine),
  );
  if (!agrees) process.exitCode = exitCodes.failure;
}
