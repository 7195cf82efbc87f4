// `starling coordinator <federation>`: waits for clients that join over WebSockets, runs rounds with them, and commits
// each round to a directory, from which it continues after a restart.
import type { RunResult } from '@starling/runtime';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { setUpFederation } from '../federation/set-up.js';
import { createLogger } from '../output/logger.js';
import { printLine } from '../output/print.js';
import { exitAfter, withInterrupt } from '../run/interrupt.js';
import { requiring } from '../run/requiring.js';
import {
  DEFAULT_DEADLINE_MS,
  DEFAULT_PORT,
  MAX_PORT,
  readTls,
  requireOneToken,
  warnOfOpenDoors,
} from './listening.js';
import {
  backOffOption,
  example,
  federationArgument,
  fromAnywhere,
  maxAttemptsOption,
  numberOption,
  positiveOption,
  requireOption,
  roundsOption,
  seedOption,
  settingOption,
  someText,
  textOption,
} from './options.js';
import { readToken, tokenFileOption, tokenOption } from './secrets.js';

interface CoordinatorOptions {
  readonly port: number;
  readonly host: string;
  readonly rounds?: number;
  readonly minClients: number;
  readonly minReports: number;
  readonly mode: 'fixed' | 'present';
  readonly maxAttempts?: number;
  readonly backOffMs?: number;
  readonly deadlineMs: number;
  readonly state?: string;
  readonly force: boolean;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly clientTokens?: string;
  readonly maxUpdateNorm?: number;
  readonly maxWeight?: number;
  readonly allowOrigin?: readonly string[];
  readonly watchPort?: number;
  readonly limit: Readonly<Record<string, number>>;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly seed: number;
  readonly set: Readonly<Record<string, string>>;
  readonly require: readonly string[];
}

export function addCoordinatorCommand(program: Command): void {
  program
    .command('coordinator')
    .description('run rounds with the clients that join')
    .addHelpText('after', example('starling coordinator mnist --min-clients 4 --state runs/mnist'))
    .addArgument(federationArgument())
    .addOption(
      numberOption('--port', 0, 'where it listens', MAX_PORT).default(DEFAULT_PORT).env('STARLING_PORT'),
    )
    .addOption(textOption('--host', 'address', 'where it listens').default('127.0.0.1').env('STARLING_HOST'))
    .addOption(roundsOption().env('STARLING_ROUNDS'))
    .addOption(numberOption('--min-clients', 1, 'clients to wait for').default(1).env('STARLING_MIN_CLIENTS'))
    .addOption(
      numberOption('--min-reports', 1, 'updates that a round needs; with fewer, its deadline is extended')
        .default(1)
        .env('STARLING_MIN_REPORTS'),
    )
    .addOption(
      new Option(
        '--mode <name>',
        'fixed: cohorts of the whole population; present: of the clients that are there',
      )
        .argParser(fromAnywhere(readMode))
        .default('fixed')
        .env('STARLING_MODE'),
    )
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
    .addOption(tokenOption('clients must know it').env('STARLING_TOKEN'))
    .addOption(tokenFileOption().env('STARLING_TOKEN_FILE'))
    .addOption(
      textOption('--client-tokens', 'file', 'a token for each client (starling tokens)').env(
        'STARLING_CLIENT_TOKENS',
      ),
    )
    .addOption(
      positiveOption('--max-update-norm', 'refuse values of a mean that are longer (L2)').env(
        'STARLING_MAX_UPDATE_NORM',
      ),
    )
    .addOption(positiveOption('--max-weight', 'refuse updates that weigh more').env('STARLING_MAX_WEIGHT'))
    .addOption(
      new Option('--allow-origin <origins>', 'web pages that may join, such as https://lab.example')
        .argParser(someText('--allow-origin', readOrigins))
        .env('STARLING_ALLOW_ORIGIN'),
    )
    .addOption(
      numberOption('--watch-port', 0, 'a port for /healthz, /readyz and /metrics alone', MAX_PORT).env(
        'STARLING_WATCH_PORT',
      ),
    )
    .addOption(
      new Option('--limit <name=number>', 'what anyone may take; may be repeated (docs/operations.md)')
        .argParser<Record<string, number>>(collectLimit)
        .default({}, 'its own defaults'),
    )
    .addOption(textOption('--tls-key', 'file', 'PEM; serves wss:// with --tls-cert').env('STARLING_TLS_KEY'))
    .addOption(textOption('--tls-cert', 'file', 'PEM; serves wss:// with --tls-key').env('STARLING_TLS_CERT'))
    .addOption(seedOption().env('STARLING_SEED'))
    .addOption(settingOption())
    .addOption(requireOption())
    .action(coordinator);
}

async function coordinator(name: string, options: CoordinatorOptions, command: Command): Promise<void> {
  const logger = createLogger('info');
  const token = readToken(options, command, logger);
  const found = await setUpFederation(name, options.set);
  const ready = { ...found, run: await requiring(found.run, options.require) };
  const { settings, run } = ready;
  const tls = readTls(options);
  const { clientTokens, maxUpdateNorm, maxWeight } = options;
  requireOneToken(token, clientTokens);
  warnOfOpenDoors(options.host, { token: token ?? clientTokens, tls }, logger);
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
      host: options.host,
      port: options.port,
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
      ...(token === undefined ? {} : { token }),
      ...(tls === null ? {} : { tls }),
      ...(options.allowOrigin === undefined ? {} : { allowOrigins: options.allowOrigin }),
      ...(options.watchPort === undefined ? {} : { watchPort: options.watchPort }),
      ...(clientTokens === undefined ? {} : { clientTokens }),
      ...(maxUpdateNorm === undefined ? {} : { maxUpdateNorm }),
      ...(maxWeight === undefined ? {} : { maxWeight }),
      limits: options.limit,
      ...otherRun(options.force, logger),
    });
  const result = await withInterrupt((signal) => withUsageErrors(() => serve(signal)));
  if (result.failure !== null) throw result.failure;
  await observer.finished?.(runSummary(start, result));
  exitAfter(result);
}

function readMode(name: string): 'fixed' | 'present' {
  if (name === 'fixed' || name === 'present') return name;
  throw new UsageError(`Cannot choose a mode: need fixed or present, got '${name}'`);
}

/** Browsers send scheme, host and port alone: an origin with a path would let nobody in. */
function readOrigins(text: string): readonly string[] {
  const origins = text.split(',').map((origin) => origin.trim());
  const isOrigin = (text: string): boolean => {
    if (!URL.canParse(text)) return text === 'null';
    const { origin } = new URL(text);
    return origin === text || origin === 'null'; // of schemes such as app:, of which nothing is known here
  };
  const strange = origins.find((origin) => !isOrigin(origin));
  if (strange === undefined) return origins;
  throw new UsageError(
    `Cannot read --allow-origin: need origins such as https://lab.example, separated by commas, got '${strange}'`,
  );
}

/** Adds `name=number` to the limits. */
function collectLimit(text: string, earlier: Readonly<Record<string, number>>): Record<string, number> {
  const [, name, number] = /^(\w+)=([1-9]\d{0,8})$/.exec(text) ?? [];
  if (name !== undefined) return { ...earlier, [name]: Number(number) };
  throw new InvalidArgumentError(
    `Cannot read --limit: need a name and a whole number, such as messagesPerSecond=500, got '${text}'`,
  );
}

function checkLimits(limits: Readonly<Record<string, number>>, names: readonly string[]): void {
  const strange = Object.keys(limits).find((name) => !names.includes(name));
  if (strange !== undefined)
    throw new UsageError(`Cannot set --limit: need ${oneOf(names)}, got '${strange}'`);
}
