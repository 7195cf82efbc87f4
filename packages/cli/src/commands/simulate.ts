// `starling simulate <federation>`: runs a federation on this machine, on any runtime.
import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import type { EngineChoice } from '@starling/runtime/engines';
import type { RunObserver, RunSummary } from '@starling/runtime/events';
import { type Command, Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { createLogger } from '../output/logger.js';
import { printLine } from '../output/print.js';
import { whenParentIsGone } from '../run/end-with-parent.js';
import { exitAfter, withInterrupt } from '../run/interrupt.js';
import type { RunSettings } from '../run/run-simulation.js';
import { hasWorkers, runtimeNames } from '../run/runtimes.js';
import { type Axes, collectAxis } from '../study/grid.js';
import { readTarget, type Target } from '../study/target.js';
import {
  backOffOption,
  engineOption,
  example,
  federationArgument,
  maxAttemptsOption,
  numberOption,
  requireOption,
  roundsOption,
  seedOption,
  settingOption,
  textOption,
} from './options.js';

interface SimulateOptions {
  readonly runtime: string;
  readonly engine: EngineChoice;
  readonly workers?: number;
  readonly rounds?: number;
  readonly maxAttempts?: number;
  readonly backOffMs?: number;
  readonly seed: number;
  readonly set: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly faults?: string;
  readonly out?: string;
  readonly resume: boolean;
  readonly force: boolean;
  readonly initial?: string;
  readonly require: readonly string[];
  readonly sweep: Axes;
  readonly jobs?: number;
  readonly target?: Target;
}

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('run a federation on this machine')
    .addHelpText('after', example('starling simulate mnist --rounds 20 --out runs/mnist'))
    .addArgument(federationArgument())
    .addOption(new Option('--runtime <name>', oneOf(runtimeNames)).default('threads'))
    .addOption(engineOption())
    .addOption(numberOption('--workers', 1, 'threads, or client processes (default: one a core)'))
    .addOption(roundsOption())
    .addOption(maxAttemptsOption(3))
    .addOption(backOffOption(0))
    .addOption(seedOption())
    .addOption(settingOption())
    .addOption(textOption('--faults', 'file', 'simulate what goes wrong, as a YAML file says'))
    .addOption(
      textOption(
        '--initial',
        'file',
        'start from the weights in it: .safetensors, .onnx, or model.json of tf.js',
      ),
    )
    .addOption(requireOption())
    .option('--json', 'one JSON object a line on stdout, and nothing else there', false)
    .addOption(textOption('--out', 'dir', 'keep the run, metrics.jsonl and report.html there'))
    .option('--resume', 'continue after the last round that is kept in --out', false)
    .option('--force', 'with --resume: continue also with another run', false)
    .addOption(
      new Option(
        '--sweep <name=values>',
        'vary a setting, seed or rounds, as 0.1,0.3 or 1..5; may be repeated',
      )
        .argParser<Axes>(collectAxis)
        .default(new Map(), 'nothing is varied'),
    )
    .addOption(numberOption('--jobs', 1, 'with --sweep: runs at once (default: one a core)'))
    .addOption(
      new Option('--target <metric=number>', 'with --sweep: tell the rounds and bytes to it').argParser(
        readTarget,
      ),
    )
    .action((federation: string, options: SimulateOptions, command: Command) =>
      options.sweep.size > 0 ? sweep(federation, options, command) : simulate(federation, options),
    );
}

async function simulate(federation: string, options: SimulateOptions): Promise<void> {
  const { runtime, out, resume, force } = options;
  const [ofSweep] = (['jobs', 'target'] as const).filter((name) => options[name] !== undefined);
  if (ofSweep !== undefined) throw new UsageError(`Cannot use --${ofSweep}: need --sweep, got none`);
  const workers = hasWorkers(runtime) ? (options.workers ?? availableParallelism()) : null;
  if (workers === null && options.workers !== undefined) {
    throw new UsageError(`Cannot use --workers: need a runtime that has workers, got '${runtime}'`);
  }
  if (out === undefined && resume) throw new UsageError('Cannot resume: need --out <dir>, got none');
  if (force && !resume) throw new UsageError('Cannot force: need --resume, got none');
  const { reportPath, requireFolder, requireFresh, statePath } = await import('../run/output-folder.js');
  if (out !== undefined) requireFolder(out);
  if (out !== undefined && !resume) await requireFresh(out);
  const { readFaultFile } = await import('../run/fault-file.js');
  const settings: RunSettings = {
    federation,
    settings: options.set,
    runtime,
    engine: options.engine,
    workers,
    rounds: options.rounds ?? null,
    seed: options.seed,
    maxAttempts: options.maxAttempts ?? null,
    backOffMs: options.backOffMs ?? null,
    faults: options.faults === undefined ? null : await readFaultFile(options.faults),
    initial: options.initial ?? null,
    require: options.require,
    directory: out ?? null,
    resume,
    force,
    logger: createLogger(),
  };
  const { show } = await import('../output/show.js');
  const { runSimulation } = await import('../run/run-simulation.js');
  const summary = await withInterrupt((signal) => {
    whenParentIsGone(() => process.emit('SIGINT'));
    const run = (observer: RunObserver): Promise<RunSummary> => runSimulation(settings, observer, signal);
    return show(federation, run, { json: options.json });
  });
  if (!options.json && out !== undefined) {
    if (summary.best !== null) printLine(`best state: ${statePath(out, summary.best.round)}`);
    printLine(`report: ${reportPath(out)}`);
  }
  exitAfter(summary);
}

/** Many runs of one federation: what is given applies to each of them. */
async function sweep(federation: string, options: SimulateOptions, command: Command): Promise<void> {
  const { sweep: axes, seed, rounds, runtime, engine, workers, jobs, target, json } = options;
  const out = options.out ?? join('runs', basename(federation, extname(federation)));
  for (const name of ['seed', 'rounds']) {
    if (axes.has(name) && command.getOptionValueSource(name) === 'cli') {
      throw new UsageError(`Cannot sweep ${name}: need it in --sweep or as --${name}, got both`);
    }
  }
  if (!hasWorkers(runtime) && workers !== undefined) {
    throw new UsageError(`Cannot use --workers: need a runtime that has workers, got '${runtime}'`);
  }
  const { requireFolder } = await import('../run/output-folder.js');
  requireFolder(out);
  const { readFaultFile } = await import('../run/fault-file.js');
  if (options.faults !== undefined) await readFaultFile(options.faults); // what is wrong in it is said once
  const { simulateStudy } = await import('./simulate-study.js');
  const { maxAttempts, backOffMs, force, faults, initial } = options;
  const parameters = [
    ...['--runtime', runtime, '--engine', engine],
    ...(maxAttempts === undefined ? [] : ['--max-attempts', String(maxAttempts)]),
    ...(backOffMs === undefined ? [] : ['--back-off-ms', String(backOffMs)]),
    ...(force ? ['--force'] : []),
    ...(initial === undefined ? [] : ['--initial', initial]),
    ...options.require.flatMap((text) => ['--require', text]),
    ...(faults === undefined ? [] : ['--faults', faults]),
  ];
  const study = {
    federation,
    settings: options.set,
    axes,
    seed,
    rounds: rounds ?? null,
    directory: out,
    jobs: jobs ?? null,
    workers: hasWorkers(runtime) ? (workers ?? null) : 'none',
    target: target ?? null,
    parameters,
  } as const;
  await simulateStudy(study, json);
}
