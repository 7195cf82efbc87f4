// `starling debug <federation> --round r --client c`: replays one client's work of a round, on real tensors.
import { availableParallelism } from 'node:os';
import type { EngineChoice } from '@starling/runtime/engines';
import { type Command, Option } from 'commander';
import { type EagerEngine, eagerBackends } from '../debug/eager-engines.js';
import { exitCodes } from '../errors/exit-codes.js';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { printLine } from '../output/print.js';
import {
  engineOption,
  example,
  federationArgument,
  numberOption,
  settingOption,
  textOption,
} from './options.js';

interface DebugOptions {
  readonly round: number;
  readonly client: string;
  readonly run?: string;
  readonly engine?: EngineChoice;
  readonly workers?: number;
  readonly seed?: number;
  readonly set: Readonly<Record<string, string>>;
  readonly replayOn: EagerEngine;
  readonly steps: boolean;
}

const eagerEngines = Object.keys(eagerBackends);

export function addDebugCommand(program: Command): void {
  program
    .command('debug')
    .description("replay one client's work of a round on real tensors, with breakpoints and prints")
    .addHelpText('after', example('starling debug mnist --round 3 --client client-7 --steps'))
    .addArgument(federationArgument())
    .addOption(numberOption('--round', 1, 'the round, from 1').makeOptionMandatory())
    .addOption(textOption('--client', 'name', 'the client, by its name').makeOptionMandatory())
    .addOption(
      textOption('--run', 'dir', 'of a run that was kept there with --out: its settings, seed and states'),
    )
    .option('--steps', 'a line for each step: losses, and how far the weights moved', false)
    .addOption(
      new Option('--replay-on <name>', `runs its code as written: ${oneOf(eagerEngines)}`)
        .argParser(readEagerEngine)
        .default('tfjs-cpu'),
    )
    .addOption(engineOption().default(undefined, 'that of --run, or onnx'))
    .addOption(numberOption('--workers', 1, 'threads for the rounds before (default: one a core)'))
    .addOption(numberOption('--seed', 0, "the run's seed (default: that of --run, or 1)"))
    .addOption(settingOption())
    .action(debug);
}

function readEagerEngine(name: string): EagerEngine {
  if (Object.hasOwn(eagerBackends, name)) return name as EagerEngine;
  throw new UsageError(
    `Cannot choose what runs the client's code: need ${oneOf(eagerEngines)}, got '${name}'`,
  );
}

async function debug(federation: string, options: DebugOptions): Promise<void> {
  const { run, set, engine, seed, workers = availableParallelism(), ...given } = options;
  const { debugClient } = await import('../debug/debug-client.js');
  const agrees = await debugClient(
    {
      ...given,
      federation,
      settings: set,
      directory: run ?? null,
      engine: engine ?? null,
      seed: seed ?? null,
      workers,
    },
    printLine,
  );
  if (!agrees) process.exitCode = exitCodes.failure;
}
