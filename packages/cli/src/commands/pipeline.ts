// `starling pipeline run|show|diff|rollback|compile`: runs the pipeline that a file exports, and tells what runs of it
// have left. Exit code 3 is for what was judged and not let through, 1 for what broke.
import { availableParallelism } from 'node:os';
import type { BuiltPipeline, Pipeline } from '@starling/pipeline';
import type { EngineChoice } from '@starling/runtime/engines';
import { type Command, Option } from 'commander';
import { exitCodes } from '../errors/exit-codes.js';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { loadFile } from '../federation/load.js';
import { readSettings } from '../federation/settings.js';
import { createLogger } from '../output/logger.js';
import { printLine } from '../output/print.js';
import { withInterrupt } from '../run/interrupt.js';
import { askingRuntimeNames, hasWorkers } from '../run/runtimes.js';
import { addListeningOptions, type ListeningOptions, readListening } from './listening.js';
import {
  engineOption,
  example,
  federationArgument,
  numberOption,
  seedOption,
  settingOption,
  textOption,
} from './options.js';

interface RunOptions extends ListeningOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly out: string;
  readonly runtime: string;
  readonly engine: EngineChoice;
  readonly workers?: number;
  readonly seed: number;
  readonly node: readonly string[];
  readonly cache: boolean;
  readonly json: boolean;
}

export function addPipelineCommand(program: Command): void {
  const pipeline = program
    .command('pipeline')
    .description('from tables at their owners to a model that was allowed out')
    .addHelpText('after', example('starling pipeline run taxi --out runs/taxi'));
  const running = pipeline
    .command('run')
    .description('run a pipeline: what was made before is found again, and nothing follows what is refused')
    .addHelpText('after', example('starling pipeline run taxi --out runs/taxi'))
    .addArgument(federationArgument('a pipeline: '))
    .addOption(settingOption())
    .addOption(outOption())
    .addOption(new Option('--runtime <name>', oneOf(askingRuntimeNames)).default('threads'))
    .addOption(engineOption())
    .addOption(numberOption('--workers', 1, 'threads, or client processes (default: one a core)'))
    .addOption(seedOption())
    .addOption(nodeOption())
    .option('--no-cache', 'make everything again')
    .option('--json', 'one JSON object a line on stdout, and nothing else there', false)
    .action(run);
  addListeningOptions(running);
  pipeline
    .command('show')
    .description('what runs have left: each node with its artifact, and what it was made of')
    .addHelpText('after', example('starling pipeline show runs/taxi --run 2'))
    .argument('<dir>', 'the directory of the runs')
    .addOption(numberOption('--run', 1, 'this one (default: the last)'))
    .option('--json', 'one JSON object on stdout', false)
    .action(async (directory: string, options) =>
      (await import('../kept/pipeline-runs.js')).showRun(directory, options),
    );
  pipeline
    .command('diff')
    .description('what differs between two runs: artifacts, and what is in them')
    .addHelpText('after', example('starling pipeline diff runs/taxi 1 2'))
    .argument('<dir>', 'the directory of the runs')
    .argument('<run>', 'the number of a run')
    .argument('<other>', 'the number of another')
    .option('--json', 'one JSON object on stdout', false)
    .action(async (directory: string, one: string, other: string, options) =>
      (await import('../kept/pipeline-runs.js')).showDifference(directory, one, other, options),
    );
  pipeline
    .command('rollback')
    .description('serve the version before the current one again')
    .addHelpText('after', example('starling pipeline rollback serving'))
    .argument('<dir>', 'the directory that a pusher pushes to')
    .action(async (directory: string) => {
      const { rollBack } = await import('@starling/pipeline');
      const { from, to } = rollBack(directory);
      printLine(`${directory}: version ${to} in place of ${from}`);
    });
  pipeline
    .command('compile')
    .description('write the pipeline for another scheduler, whose tasks are this command')
    .addHelpText('after', example('starling pipeline compile taxi --to airflow > dags/taxi.py'))
    .addArgument(federationArgument('a pipeline: '))
    .addOption(settingOption())
    .addOption(outOption())
    .addOption(new Option('--to <scheduler>', 'airflow').choices(['airflow']).default('airflow'))
    .action(compile);
}

const outOption = (): Option =>
  textOption('--out', 'dir', 'where artifacts, metadata and reports are kept').default('runs/pipeline');

const nodeOption = (): Option =>
  new Option('--node <name>', 'this node and what it needs alone; may be repeated')
    .argParser<readonly string[]>((text, before) => [...before, text])
    .default([], 'all nodes');

async function run(file: string, options: RunOptions, command: Command): Promise<void> {
  const { runtime, engine, seed, node, cache, json, out, set } = options;
  const isLive = runtime === 'live';
  const workers = !isLive && hasWorkers(runtime) ? (options.workers ?? availableParallelism()) : 1;
  if ((isLive || !hasWorkers(runtime)) && options.workers !== undefined) {
    throw new UsageError(`Cannot use --workers: need a runtime that has workers, got '${runtime}'`);
  }
  const logger = createLogger();
  const listening = readListening(runtime, options, command, logger);
  const { definition, built, path } = await loadPipeline(file, set);
  requireNodes(built, node);
  if (isLive) requireSpan(built);
  const { requireFolder } = await import('../run/output-folder.js');
  requireFolder(out);
  const { runPipeline } = await import('@starling/pipeline');
  const { pipelineView } = await import('../output/pipeline-text.js');
  const view = pipelineView(process.stdout);
  let isStopped = false;
  const result = await withInterrupt(async (signal) => {
    const lost = new AbortController();
    const ending = AbortSignal.any([signal, lost.signal]);
    const { askedClients, listeningLine } = await import('../run/asked-clients.js');
    const clients = await askedClients(runtime, {
      engine,
      workers,
      federation: path,
      settings: set,
      population: built.examples.population.size,
      listening,
      logger,
      signal: ending,
      onFailure: (error) => lost.abort(error),
    });
    const { url } = clients;
    if (url !== null) {
      const line = listeningLine(url, built.examples.population);
      printLine(json ? JSON.stringify({ type: 'listening', url }) : line);
    }
    let isOver = false;
    try {
      const ended = await runPipeline({
        pipeline: built,
        directory: out,
        seed,
        cache,
        ...(node.length > 0 && { only: node }),
        signal: ending,
        clock: () => performance.timeOrigin + performance.now(),
        onNode: (event) =>
          json ? printLine(JSON.stringify({ type: 'node', ...event })) : view.onNode(event),
        runtime: clients.runtime,
      });
      isOver = ended.outcome !== 'failed';
      isStopped = signal.aborted && ended.outcome === 'failed';
      return ended;
    } finally {
      await clients.close(isOver);
    }
  });
  const { writeReport } = await import('../report/pipeline-page.js');
  const report = writeReport(out, result, definition.description);
  if (json) {
    const nodes = result.nodes.map(({ artifact, error: _, ...rest }) => ({
      ...rest,
      artifact: artifact?.id ?? null,
    }));
    printLine(JSON.stringify({ type: 'end', ...result, nodes, report }));
  } else {
    view.end(result);
    printLine(`report: ${report}`);
  }
  if (result.outcome === 'refused') process.exitCode = exitCodes.unmet;
  if (result.outcome === 'failed') process.exitCode = isStopped ? exitCodes.interrupted : exitCodes.failure;
}

async function compile(file: string, { set, out }: Pick<RunOptions, 'set' | 'out'>): Promise<void> {
  const { definition, built } = await loadPipeline(file, set);
  const { airflowDag } = await import('@starling/pipeline');
  const settings = Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const command = ['starling', 'pipeline', 'run', file, '--out', out, ...settings];
  printLine(
    airflowDag(built, { command, folder: process.cwd(), description: definition.description }).trimEnd(),
  );
}

/** Throws a `UsageError` for a name that no node has, before a run is begun. */
function requireNodes({ name, nodes }: BuiltPipeline, wanted: readonly string[]): void {
  const names = nodes.map((one) => one.name);
  const strange = wanted.find((one) => !names.includes(one));
  if (strange === undefined) return;
  throw new UsageError(`Cannot run '${name}': need nodes among ${names.join(', ')}, got '${strange}'`);
}

/** Throws a `UsageError` for data that is hashed here, which says nothing of what live clients hold. */
function requireSpan({ name, examples }: BuiltPipeline): void {
  if (examples.population.dataAtHand === false) return;
  throw new UsageError(
    `Cannot ask live clients of '${name}': need examples that are with clients alone, got data that is hashed here; give exampleGen atHand: false, and a span that says which data it is`,
  );
}

async function loadPipeline(file: string, set: Readonly<Record<string, string>>) {
  const { path, value } = await loadFile(file);
  const { isPipeline } = await import('@starling/pipeline');
  if (!isPipeline(value)) {
    const got = value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
    throw new UsageError(
      `Cannot load a pipeline from ${path}: need 'export default definePipeline({ … })', got ${got}`,
    );
  }
  const definition: Pipeline = value;
  const settings = await readSettings(definition.options, set, definition.name);
  return { definition, path, built: await definition.build(settings) };
}
