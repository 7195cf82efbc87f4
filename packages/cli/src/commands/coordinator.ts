// `starling coordinator <federation>`: waits for clients that join over WebSockets, runs rounds with them, and commits
// each round to a directory, from which it continues after a restart.
import type { RunResult } from '@starling/runtime';
import { type Command, Option } from 'commander';
import { setUpFederation } from '../federation/set-up.js';
import { createLogger } from '../output/logger.js';
import { printLine } from '../output/print.js';
import { exitAfter, withInterrupt } from '../run/interrupt.js';
import { requiring } from '../run/requiring.js';
import { addDoorOptions, checkLimits, type DoorOptions, readDoors } from './doors.js';
import { DEFAULT_DEADLINE_MS } from './listening.js';
import {
  backOffOption,
  example,
  federationArgument,
  maxAttemptsOption,
  modeOption,
  numberOption,
  positiveOption,
  requireOption,
  roundsOption,
  seedOption,
  settingOption,
  textOption,
} from './options.js';

interface CoordinatorOptions extends DoorOptions {
  readonly rounds?: number;
  readonly minClients: number;
  readonly minReports: number;
  readonly mode: 'fixed' | 'present';
  readonly maxAttempts?: number;
  readonly backOffMs?: number;
  readonly deadlineMs: number;
  readonly state?: string;
  readonly force: boolean;
  readonly maxUpdateNorm?: number;
  readonly maxWeight?: number;
  readonly seed: number;
  readonly set: Readonly<Record<string, string>>;
  readonly require: readonly string[];
}

export function addCoordinatorCommand(program: Command): void {
  const command = program
    .command('coordinator')
    .description('run rounds with the clients that join')
    .addHelpText('after', example('starling coordinator mnist --min-clients 4 --state runs/mnist'))
    .addArgument(federationArgument())
    .addOption(roundsOption().env('STARLING_ROUNDS'))
    .addOption(numberOption('--min-clients', 1, 'clients to wait for').default(1).env('STARLING_MIN_CLIENTS'))
    .addOption(
      numberOption('--min-reports', 1, 'updates that a round needs; with fewer, its deadline is extended')
        .default(1)
        .env('STARLING_MIN_REPORTS'),
    )
    .addOption(modeOption().env('STARLING_MODE'))
    .addOption(maxAttemptsOption(5).env('STARLING_MAX_ATTEMPTS'))
    .addOption(backOffOption(1000).env('STARLING_BACK_OFF_MS'))
    .addOption(
      numberOption('--deadline-ms', 1, 'how long a round waits')
        .default(DEFAULT_DEADLINE_MS)
        .env('STARLING_DEADLINE_MS'),
    )
    .addOption(
      textOption('--state', 'dir', 'commit rounds there, and continue from there').env('STARLING_STATE'),
    )
    .addOption(new Option('--force', 'continue also from a --state of another run').default(false))
    .addOption(
      positiveOption('--max-update-norm', 'refuse values of a mean that are longer (L2)').env(
        'STARLING_MAX_UPDATE_NORM',
      ),
    )
    .addOption(positiveOption('--max-weight', 'refuse updates that weigh more').env('STARLING_MAX_WEIGHT'))
    .addOption(seedOption().env('STARLING_SEED'))
    .addOption(settingOption())
    .addOption(requireOption())
    .action(coordinator);
  addDoorOptions(command);
}

async function coordinator(name: string, options: CoordinatorOptions, command: Command): Promise<void> {
  const logger = createLogger('info');
  const doors = readDoors(options, command, logger);
  const found = await setUpFederation(name, options.set);
  const ready = { ...found, run: await requiring(found.run, options.require) };
  const { settings, run } = ready;
  const { maxUpdateNorm, maxWeight } = options;
  const { state, seed, rounds = run.rounds, maxAttempts, backOffMs } = options;
  const { failedRoundLineOf, roundLineOf, runSummary } = await import('@starling/runtime/events');
  const { plainLines } = await import('../output/plain-lines.js');
  const { aboutRun, runStart } = await import('../run/run-start.js');
  const observer = plainLines(printLine);
  const start = runStart(ready, { runtime: 'websocket', workers: null, rounds, seed });
  await observer.started?.(start);
  const { limitNames, runCoordinator } = await import('@starling/coordinator');
  checkLimits(options.limit, limitNames);
  const { otherRun, withUsageErrors } = await import('../run/other-run.js');
  const serve = (signal: AbortSignal): Promise<RunResult> =>
    runCoordinator({
      run,
      settings,
      rounds,
      seed,
      ...doors,
      minClients: options.minClients,
      minReports: options.minReports,
      deadlineMs: options.deadlineMs,
      ...(options.mode === 'present' && { present: {} }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(backOffMs !== undefined && { backOffMs }),
      logger,
      signal,
      onListen: ({ url }) => printLine(`listening at ${url}`),
      about: aboutRun(start),
      onRound: (record) => observer.round?.(roundLineOf(record)),
      onFailedRound: (failure) => observer.failedRound?.(failedRoundLineOf(failure)),
      ...(state === undefined ? {} : { state }),
      ...(maxUpdateNorm === undefined ? {} : { maxUpdateNorm }),
      ...(maxWeight === undefined ? {} : { maxWeight }),
      ...otherRun(options.force, logger),
    });
  const result = await withInterrupt((signal) => withUsageErrors(() => serve(signal)));
  if (result.failure !== null) throw result.failure;
  await observer.finished?.(runSummary(start, result));
  exitAfter(result);
}
