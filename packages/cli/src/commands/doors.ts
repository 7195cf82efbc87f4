// Where a coordinator or a server listens, and whom it lets in: options that both commands take, read in one way.
import type { ServerLimits, TlsOptions } from '@starling/coordinator';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Logger } from 'pino';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { DEFAULT_PORT, MAX_PORT, requireOneToken, warnOfOpenDoors } from './listening.js';
import { numberOption, someText, textOption } from './options.js';
import { readToken, tokenFileOption, tokenOption } from './secrets.js';
import { readTls } from './tls-files.js';

export interface DoorOptions {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly clientTokens?: string;
  readonly allowOrigin?: readonly string[];
  readonly watchPort?: number;
  readonly limit: Readonly<Record<string, number>>;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
}

/** As `runCoordinator` and `createRunServer` take them. */
export interface Doors {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly clientTokens?: string;
  readonly tls?: TlsOptions;
  readonly allowOrigins?: readonly string[];
  readonly watchPort?: number;
  readonly limits: Partial<ServerLimits>;
}

export function addDoorOptions(command: Command): void {
  command
    .addOption(
      numberOption('--port', 0, 'where it listens', MAX_PORT).default(DEFAULT_PORT).env('STARLING_PORT'),
    )
    .addOption(textOption('--host', 'address', 'where it listens').default('127.0.0.1').env('STARLING_HOST'))
    .addOption(tokenOption('clients must know it').env('STARLING_TOKEN'))
    .addOption(tokenFileOption().env('STARLING_TOKEN_FILE'))
    .addOption(
      textOption('--client-tokens', 'file', 'a token for each client (starling tokens)').env(
        'STARLING_CLIENT_TOKENS',
      ),
    )
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
    .addOption(
      textOption('--tls-cert', 'file', 'PEM; serves wss:// with --tls-key').env('STARLING_TLS_CERT'),
    );
}

/** Throws a `UsageError` for options that do not go together; warns of doors that stand open. */
export function readDoors(options: DoorOptions, command: Command, logger: Logger): Doors {
  const { host, port, clientTokens, allowOrigin, watchPort, limit: limits } = options;
  const token = readToken(options, command, logger);
  const tls = readTls(options);
  requireOneToken(token, clientTokens);
  warnOfOpenDoors(host, { token: token ?? clientTokens, tls }, logger);
  return {
    ...{ host, port, limits },
    ...(token === undefined ? {} : { token }),
    ...(clientTokens === undefined ? {} : { clientTokens }),
    ...(tls === null ? {} : { tls }),
    ...(allowOrigin === undefined ? {} : { allowOrigins: allowOrigin }),
    ...(watchPort === undefined ? {} : { watchPort }),
  };
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

/** Throws a `UsageError` for a limit that is none of `names`. */
export function checkLimits(limits: Readonly<Record<string, number>>, names: readonly string[]): void {
  const strange = Object.keys(limits).find((name) => !names.includes(name));
  if (strange !== undefined)
    throw new UsageError(`Cannot set --limit: need ${oneOf(names)}, got '${strange}'`);
}
