// `starling client <federation>`: clients of a population, in a process of their own, that join a coordinator and work
// until it says that the run is over.

import type { EngineChoice } from '@starling/runtime/engines';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { setUpFederation } from '../federation/set-up.js';
import { createLogger } from '../output/logger.js';
import { whenParentIsGone } from '../run/end-with-parent.js';
import { withInterrupt } from '../run/interrupt.js';
import {
  engineOption,
  example,
  federationArgument,
  numberOption,
  settingOption,
  someText,
  textOption,
} from './options.js';
import { readToken, tokenFileOption, tokenOption } from './secrets.js';

interface ClientCommandOptions {
  readonly url: string;
  readonly client?: string;
  readonly range?: readonly [from: number, to: number];
  readonly run?: string;
  readonly runs?: number;
  readonly tasks?: number;
  readonly engine: EngineChoice;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly keep?: string;
  readonly giveUpMs?: number;
  readonly pin: readonly string[];
  readonly set: Readonly<Record<string, string>>;
}

const DEFAULT_URL = 'ws://127.0.0.1:7700';

export function addClientCommand(program: Command): void {
  program
    .command('client')
    .description('join a coordinator as one client or many')
    .addHelpText('after', example('starling client mnist --url ws://127.0.0.1:7700 --client any'))
    .addArgument(federationArgument('whose population it is: '))
    .addOption(
      textOption('--url', 'url', "the coordinator's", checkUrl).default(DEFAULT_URL).env('STARLING_URL'),
    )
    .addOption(
      textOption('--client', 'name', "a name in the population, or 'any' for one that is free").env(
        'STARLING_CLIENT',
      ),
    )
    .addOption(
      new Option('--range <from:to>', 'clients from … up to, not including, to').argParser(parseRange),
    )
    .addOption(
      textOption('--run', 'name', 'which run of a server (default: any that has a place)').env(
        'STARLING_RUN',
      ),
    )
    .addOption(
      numberOption(
        '--runs',
        1,
        'take part in so many runs of a server at once, and stay for those that come',
      ).env('STARLING_RUNS'),
    )
    .addOption(
      numberOption('--tasks', 1, 'with --runs: pieces of work that each takes at once (default: 1)').env(
        'STARLING_TASKS',
      ),
    )
    .addOption(engineOption())
    .addOption(tokenOption('what the coordinator asks for').env('STARLING_TOKEN'))
    .addOption(tokenFileOption().env('STARLING_TOKEN_FILE'))
    .addOption(
      textOption('--keep', 'dir', 'where they keep what a plan has them keep (default: in memory)').env(
        'STARLING_KEEP',
      ),
    )
    .addOption(
      numberOption(
        '--give-up-ms',
        1,
        'end when no coordinator answered for so long (default: try for ever)',
      ).env('STARLING_GIVE_UP_MS'),
    )
    .addOption(
      new Option('--pin <hash>', 'a plan that it agrees to run (default: any); may be repeated')
        .argParser<readonly string[]>((hash, earlier) => [...earlier, readPin(hash)])
        .default([], 'any plan'),
    )
    .addOption(settingOption())
    .action(client);
}

async function client(name: string, options: ClientCommandOptions, command: Command): Promise<void> {
  const logger = createLogger('info');
  if (options.run !== undefined && options.runs !== undefined) {
    throw new UsageError('Cannot join: need --run, one by its name, or --runs, how many, got both');
  }
  if (options.tasks !== undefined && options.runs === undefined) {
    throw new UsageError('Cannot join: --tasks needs --runs, got none');
  }
  const token = readToken(options, command, logger);
  const { allClients } = await import('@starling/runtime');
  const population = allClients((await setUpFederation(name, options.set)).run);
  const names = (): readonly string[] =>
    Array.from({ length: population.size }, (_, index) => population.clientId(index));
  const { runClients } = await import('@starling/client');
  const { createEngine } = await import('@starling/runtime/engines');
  const engine = await createEngine(options.engine);
  await withInterrupt(async (interrupt) => {
    const parent = new AbortController();
    whenParentIsGone(() => parent.abort());
    const summaries = await runClients({
      url: options.url,
      population,
      engine,
      clients: chooseClients(options, population.size, names),
      logger,
      signal: AbortSignal.any([interrupt, parent.signal]),
      ...(token === undefined ? {} : { token }),
      ...(options.run === undefined ? {} : { run: options.run }),
      ...(options.runs === undefined ? {} : { runs: options.runs }),
      ...(options.tasks === undefined ? {} : { tasks: options.tasks }),
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      ...(options.giveUpMs === undefined ? {} : { giveUpMs: options.giveUpMs }),
      ...(options.pin.length === 0 ? {} : { pins: options.pin }),
    });
    for (const summary of summaries) logger.info(summary, 'left');
  });
  await engine.dispose();
}

/** Throws a `UsageError` for what is not the address of a WebSocket, wherever it comes from. */
function checkUrl(url: string): void {
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return;
  const meant = /^https?:/.test(url) ? `; write ${url.replace(/^http/, 'ws')}` : '';
  throw new UsageError(`Cannot join a coordinator: need a URL of ws:// or wss://, got '${url}'${meant}`);
}

const readPin = someText('--pin', (hash) => hash);

/** Indices of the clients that the options name, or how many of any name. */
function chooseClients(
  { client: wanted, range }: ClientCommandOptions,
  size: number,
  names: () => readonly string[],
): readonly number[] | { readonly any: number } {
  if (range !== undefined) {
    const [from, to] = range;
    if (to > size) {
      throw new UsageError(`Cannot join as clients ${from} to ${to - 1}: the population has ${size}`);
    }
    return Array.from({ length: to - from }, (_, index) => from + index);
  }
  if (wanted === undefined || wanted === 'any') return { any: 1 };
  const index = names().indexOf(wanted);
  if (index < 0) {
    throw new UsageError(
      `Cannot join as '${wanted}': need one of the ${size} clients such as '${names()[0]}', or 'any'`,
    );
  }
  return [index];
}

function parseRange(text: string): readonly [number, number] {
  const match = /^(\d+):(\d+)$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || from >= to) {
    throw new UsageError(`Cannot read --range: it must be from:to with from below to, got '${text}'`);
  }
  return [from, to];
}
