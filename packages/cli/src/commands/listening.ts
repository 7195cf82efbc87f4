// Where a command listens for clients that join by themselves, and whom it lets in: what `coordinator` has in common
// with commands that ask live clients (`--runtime live`).
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { UsageError } from '../errors/usage-error.js';
import type { Listening } from '../run/asked-clients.js';
import { numberOption, textOption } from './options.js';
import { readToken, tokenFileOption, tokenOption } from './secrets.js';
import { readTls, type TlsPaths } from './tls-files.js';

export const DEFAULT_PORT = 7700;
export const MAX_PORT = 65_535;
export const DEFAULT_DEADLINE_MS = 60_000;

/** As commander gives them. */
export interface ListeningOptions extends TlsPaths {
  readonly port: number;
  readonly host: string;
  readonly deadlineMs: number;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly clientTokens?: string;
}

/** The options of `--runtime live`. */
const LIVE_OPTIONS = [
  'port',
  'host',
  'deadlineMs',
  'token',
  'tokenFile',
  'clientTokens',
  'tlsKey',
  'tlsCert',
] as const satisfies readonly (keyof ListeningOptions)[];

export function addListeningOptions(command: Command): Command {
  return command
    .addOption(numberOption('--port', 0, 'live: where it listens', MAX_PORT).default(DEFAULT_PORT))
    .addOption(textOption('--host', 'address', 'live: where it listens').default('127.0.0.1'))
    .addOption(
      numberOption('--deadline-ms', 1, 'live: how long a question waits').default(DEFAULT_DEADLINE_MS),
    )
    .addOption(tokenOption('live: clients must know it').env('STARLING_TOKEN'))
    .addOption(tokenFileOption().env('STARLING_TOKEN_FILE'))
    .addOption(textOption('--client-tokens', 'file', 'live: a token for each client (starling tokens)'))
    .addOption(textOption('--tls-key', 'file', 'live: PEM; serves wss:// with --tls-cert'))
    .addOption(textOption('--tls-cert', 'file', 'live: PEM; serves wss:// with --tls-key'));
}

/**
 * Null of a runtime that is not live. Throws a `UsageError` if such a one is given where to listen, and as the parts
 * are read.
 */
export function readListening(
  runtime: string,
  options: ListeningOptions,
  command: Command,
  logger: Logger,
): Listening | null {
  if (runtime !== 'live') {
    const given = LIVE_OPTIONS.find((name) => command.getOptionValueSource(name) === 'cli');
    if (given === undefined) return null;
    const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(`Cannot use ${flag}: need --runtime live, whose clients join, got '${runtime}'`);
  }
  const token = readToken(options, command, logger);
  const tls = readTls(options);
  const { port, host, deadlineMs, clientTokens } = options;
  requireOneToken(token, clientTokens);
  warnOfOpenDoors(host, { token: token ?? clientTokens, tls }, logger);
  return {
    port,
    host,
    deadlineMs,
    ...(token !== undefined && { token }),
    ...(clientTokens !== undefined && { clientTokens }),
    ...(tls !== null && { tls }),
  };
}

/** Throws a `UsageError` if there is a token for all and a file of tokens. */
export function requireOneToken(token: string | undefined, clientTokens: string | undefined): void {
  if (token === undefined || clientTokens === undefined) return;
  throw new UsageError('Cannot start: need one token for all or --client-tokens, got both');
}

/** Says what anyone who reaches the coordinator can do, if others than this machine can. */
export function warnOfOpenDoors(
  host: string,
  { token, tls }: { readonly token: string | undefined; readonly tls: object | null },
  logger: Logger,
): void {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return;
  if (token === undefined)
    logger.warn({ host }, 'no token is asked for: anyone who reaches this host may join');
  if (tls === null) {
    logger.warn({ host }, 'no TLS is served: unless a proxy does, the network can read tokens and updates');
  }
}
