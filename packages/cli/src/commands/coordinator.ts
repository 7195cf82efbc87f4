// `starling coordinator <federation>`: waits for clients that join over WebSockets, runs rounds with them, and commits
// each round to a directory, from which it continues after a restart.
import { readFileSync } from 'node:fs';
import type { RunResult } from '@starling/runtime';
import type { RunStart } from '@starling/runtime/events';
import { type Command, Option } from 'commander';
import { exitCodes, UsageError } from '../errors/usage-error.js';
import { setUpFederation } from '../federation/set-up.js';
import { createLogger } from '../output/logger.js';
import { withInterrupt } from '../run/interrupt.js';
import { addSettingOption, wholeNumber } from './shared-options.js';

interface CoordinatorOptions {
  readonly port: number;
  readonly host: string;
  readonly rounds?: number;
  readonly minClients: number;
  readonly minReports: number;
  readonly deadlineMs: number;
  readonly state?: string;
  readonly force: boolean;
  readonly token?: string;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly seed: number;
  readonly set: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 7700;
const DEFAULT_DEADLINE_MS = 60_000;

export function addCoordinatorCommand(program: Command): void {
  const number = (flags: string, text: string, least: number, fallback: number, variable: string): Option => {
    const name = flags.split(' ')[0] as string;
    return new Option(flags, text).argParser(wholeNumber(name, least)).default(fallback).env(variable);
  };
  const command = program
    .command('coordinator')
    .description('run rounds with the clients that join')
    .argument('<federation>', "a name, or a file's path")
    .addOption(number('--port <n>', 'where it listens', 0, DEFAULT_PORT, 'STARLING_PORT'))
    .addOption(new Option('--host <address>', 'where it listens').default('127.0.0.1').env('STARLING_HOST'))
    .addOption(
      new Option('--rounds <n>', "rounds to run (default: the federation's)")
        .argParser(wholeNumber('--rounds', 1))
        .env('STARLING_ROUNDS'),
    )
    .addOption(number('--min-clients <n>', 'clients to wait for', 1, 1, 'STARLING_MIN_CLIENTS'))
    .addOption(
      number(
        '--min-reports <n>',
        'updates that a round needs; with fewer, its deadline is extended',
        1,
        1,
        'STARLING_MIN_REPORTS',
      ),
    )
    .addOption(
      number('--deadline-ms <n>', 'how long a round waits', 1, DEFAULT_DEADLINE_MS, 'STARLING_DEADLINE_MS'),
    )
    .addOption(
      new Option('--state <dir>', 'commit rounds there, and continue from there').env('STARLING_STATE'),
    )
    .addOption(new Option('--force', 'continue also from a --state of another run').default(false))
    .addOption(new Option('--token <secret>', 'clients must know it').env('STARLING_TOKEN'))
    .addOption(new Option('--tls-key <file>', 'PEM; serves wss:// with --tls-cert').env('STARLING_TLS_KEY'))
    .addOption(new Option('--tls-cert <file>', 'PEM; serves wss:// with --tls-key').env('STARLING_TLS_CERT'))
    .addOption(number('--seed <n>', 'all randomness comes from it', 0, 1, 'STARLING_SEED'));
  addSettingOption(command).action(coordinator);
}

async function coordinator(name: string, options: CoordinatorOptions): Promise<void> {
  const logger = createLogger('info');
  const { settings, run, ...federation } = await setUpFederation(name, options.set);
  const tls = readTls(options);
  const { state, token } = options;
  const rounds = options.rounds ?? run.rounds;
  const { failedRoundSummary, roundSummary, runSummary } = await import('@starling/runtime/events');
  const { plainLines } = await import('../output/plain-lines.js');
  const observer = plainLines((line) => void process.stdout.write(`${line}\n`));
  const start: RunStart = {
    federation: federation.name,
    description: federation.description,
    runtime: 'websocket',
    workers: null,
    rounds,
    seed: options.seed,
    population: run.population.size,
    settings,
    headline: run.headline ?? null,
  };
  await observer.started?.(start);
  const { runCoordinator } = await import('@starling/coordinator');
  const { otherRun, withForceHint } = await import('../run/other-run.js');
  const serve = (signal: AbortSignal): Promise<RunResult> =>
    runCoordinator({
      run,
      settings,
      rounds,
      seed: options.seed,
      host: options.host,
      port: options.port,
      minClients: options.minClients,
      minReports: options.minReports,
      deadlineMs: options.deadlineMs,
      logger,
      signal,
      onListen: ({ url }) => void process.stdout.write(`listening at ${url}\n`),
      about: { federation: federation.name, description: federation.description },
      onRound: (record) => observer.round?.(roundSummary(record)),
      onFailedRound: (failure) => observer.failedRound?.(failedRoundSummary(failure)),
      ...(state === undefined ? {} : { state }),
      ...(token === undefined ? {} : { token }),
      ...(tls === null ? {} : { tls }),
      ...otherRun(options.force, logger),
    });
  const result = await withInterrupt((signal) => withForceHint(() => serve(signal)));
  if (result.failure !== null) throw result.failure;
  await observer.finished?.(runSummary(start, result));
  if (result.interrupted) process.exitCode = exitCodes.interrupted;
}

function readTls({
  tlsKey,
  tlsCert,
}: CoordinatorOptions): { readonly key: string; readonly cert: string } | null {
  if (tlsKey === undefined && tlsCert === undefined) return null;
  if (tlsKey === undefined || tlsCert === undefined) {
    throw new UsageError(
      `Cannot serve TLS: need --tls-key and --tls-cert, got only --tls-${tlsKey === undefined ? 'cert' : 'key'}`,
    );
  }
  return { key: readPem('--tls-key', tlsKey), cert: readPem('--tls-cert', tlsCert) };
}

function readPem(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`Cannot read ${option}: need a readable PEM file, got '${path}'`, { cause });
  }
}
