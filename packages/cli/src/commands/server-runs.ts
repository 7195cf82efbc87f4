// `starling runs … --server URL`: submits runs to a server, operates them, and fetches what they come to.
import { writeFile } from 'node:fs/promises';
import type { RunDetails, RunOverview, ServerRuns, SubmittedRun } from '@starling/coordinator/runs';
import { type Command, Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { setUpFederation } from '../federation/set-up.js';
import { namedNumbers } from '../output/metrics.js';
import { countOf, formatNumber } from '../output/numbers.js';
import { printLine } from '../output/print.js';
import { formatTable } from '../output/table.js';
import { DEFAULT_DEADLINE_MS } from './listening.js';
import {
  backOffOption,
  example,
  federationArgument,
  maxAttemptsOption,
  modeOption,
  numberOption,
  positiveOption,
  roundsOption,
  seedOption,
  settingOption,
  someText,
  textOption,
} from './options.js';
import { operatorTokenFileOption, readOperatorToken } from './secrets.js';

export interface ServerOption {
  readonly server?: string;
  readonly operatorTokenFile?: string;
}

interface OneRunOptions extends ServerOption {
  readonly json: boolean;
}

const CODE = ['evaluation', 'constraints', 'best'] as const;

/** `--server` and the operator's token. */
export function serverOptions(command: Command): Command {
  return command
    .addOption(textOption('--server', 'url', 'of a server of runs', checkUrl).env('STARLING_SERVER'))
    .addOption(operatorTokenFileOption());
}

export function addServerRunsCommands(runs: Command): void {
  serverOptions(runs.command('submit'))
    .description('submit a run to a server, which begins it: what it compiles to, and no code')
    .addHelpText('after', example('starling runs submit ./hot.ts --server http://127.0.0.1:7700'))
    .addArgument(federationArgument())
    .addOption(textOption('--as', 'name', 'what it is called there (default: made of what is submitted)'))
    .option('--paused', 'have it wait until it is resumed', false)
    .addOption(roundsOption())
    .addOption(seedOption())
    .addOption(settingOption())
    .addOption(numberOption('--min-clients', 1, 'clients to wait for').default(1))
    .addOption(
      numberOption(
        '--min-reports',
        1,
        'updates that a round needs; with fewer, its deadline is extended',
      ).default(1),
    )
    .addOption(numberOption('--deadline-ms', 1, 'how long a round waits').default(DEFAULT_DEADLINE_MS))
    .addOption(modeOption())
    .addOption(maxAttemptsOption(5))
    .addOption(backOffOption(1000))
    .addOption(positiveOption('--max-update-norm', 'refuse values of a mean that are longer (L2)'))
    .addOption(positiveOption('--max-weight', 'refuse updates that weigh more'))
    .addOption(
      new Option('--leave-out <parts>', `code that stays here: ${oneOf(CODE)}, separated by commas`)
        .argParser(someText('--leave-out', readParts))
        .default([], 'nothing, and a run with code is refused'),
    )
    .option('--json', 'JSON on stdout, and nothing else there', false)
    .action(submit);
  for (const [verb, about] of [
    ['pause', 'have a run finish the round at hand, and begin no other'],
    ['resume', 'let a paused run continue, or try a failed one again'],
    ['stop', 'end a run with its last commit, for good'],
  ] as const) {
    ofOne(runs.command(verb))
      .description(about)
      .addHelpText('after', example(`starling runs ${verb} hot --server http://127.0.0.1:7700`))
      .action((run: string, options: OneRunOptions) =>
        onServer(options, async (server) => tell(await server[verb](run), options.json)),
      );
  }
  ofOne(runs.command('result'))
    .description('fetch the state after the last round of a run')
    .addHelpText(
      'after',
      example('starling runs result hot --server http://127.0.0.1:7700 --out hot.safetensors'),
    )
    .addOption(textOption('--out', 'file', 'write the state there, as safetensors'))
    .action(result);
  ofOne(runs.command('clients'))
    .description('who is joined and ready in a run, and who works for how long')
    .addHelpText('after', example('starling runs clients hot --server http://127.0.0.1:7700'))
    .action(clients);
}

function ofOne(command: Command): Command {
  return serverOptions(command)
    .argument('<run>', 'its name there')
    .option('--json', 'JSON on stdout, and nothing else there', false);
}

/** Faults that the user can fix by asking otherwise. */
const OF_USAGE: ReadonlySet<string> = new Set([
  'bad-request',
  'bad-submission',
  'no-state',
  'run-exists',
  'run-over',
  'unauthorized',
  'unknown-run',
]);

/** Throws a `UsageError` for what is to be asked otherwise. */
export async function onServer<T>(
  options: ServerOption,
  use: (server: ServerRuns) => Promise<T>,
): Promise<T> {
  const { server: url } = options;
  if (url === undefined) throw new UsageError('Cannot reach a server: need --server <url>, got nothing');
  const token = readOperatorToken(options);
  const { StarlingError } = await import('@starling/federated-core');
  const { serverRuns } = await import('@starling/coordinator/runs');
  try {
    return await use(serverRuns({ url, token }));
  } catch (cause) {
    if (!(cause instanceof StarlingError && OF_USAGE.has(cause.code))) throw cause;
    const [, part] = /leaveOut: \['(\w+)'\]/.exec(cause.message) ?? [];
    throw new UsageError(part === undefined ? cause.message : `${cause.message}\n  add --leave-out ${part}`, {
      cause,
    });
  }
}

interface SubmitOptions extends OneRunOptions {
  readonly as?: string;
  readonly paused: boolean;
  readonly rounds?: number;
  readonly seed: number;
  readonly set: Readonly<Record<string, string>>;
  readonly minClients: number;
  readonly minReports: number;
  readonly deadlineMs: number;
  readonly mode: 'fixed' | 'present';
  readonly maxAttempts?: number;
  readonly backOffMs?: number;
  readonly maxUpdateNorm?: number;
  readonly maxWeight?: number;
  readonly leaveOut: NonNullable<SubmittedRun['leaveOut']>;
}

async function submit(name: string, options: SubmitOptions): Promise<void> {
  const { as, paused, rounds, seed, minReports, maxAttempts, backOffMs, leaveOut } = options;
  const { minClients, deadlineMs, maxUpdateNorm, maxWeight } = options;
  await onServer(options, async (server) => {
    const { run, settings, description, name: federation } = await setUpFederation(name, options.set);
    const submitted = await server.submit({
      ...{ run, settings, description, seed, paused, minReports, leaveOut },
      name: federation,
      hosting: {
        ...{ minClients, deadlineMs },
        ...(maxUpdateNorm !== undefined && { maxUpdateNorm }),
        ...(maxWeight !== undefined && { maxWeight }),
      },
      ...(as !== undefined && { as }),
      ...(rounds !== undefined && { rounds }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(backOffMs !== undefined && { backOffMs }),
      ...(options.mode === 'present' && { present: {} }),
    });
    tell(submitted, options.json);
  });
}

async function result(
  run: string,
  { out, ...options }: OneRunOptions & { readonly out?: string },
): Promise<void> {
  await onServer(options, async (server) => {
    const { round, stateHash, bytes } = await server.state(run);
    const { metrics, status } = await server.show(run);
    if (out !== undefined) await write(out, bytes);
    const told = { run, status, round, stateHash, metrics, ...(out !== undefined && { path: out }) };
    if (options.json) printLine(JSON.stringify(told));
    else {
      printLine(`run ${run}: ${status}, ${countOf(round, 'round')}, state ${stateHash}`);
      for (const [metric, value] of namedNumbers(metrics)) printLine(`  ${metric} ${formatNumber(value)}`);
      if (out !== undefined) printLine(out);
    }
  });
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new UsageError(`Cannot write the state to ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function clients(run: string, options: OneRunOptions): Promise<void> {
  await onServer(options, async (server) => {
    const joined = await server.clients(run);
    if (options.json) return printLine(JSON.stringify(joined));
    const rows = joined.map(({ client, address, joinedMs, worksMs }) => [
      client,
      address,
      seconds(joinedMs),
      worksMs === null ? '' : seconds(worksMs),
    ]);
    printLine(
      rows.length === 0 ? 'nobody' : formatTable([['client', 'address', 'joined', 'works'], ...rows]),
    );
  });
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** One run of a server, in a line. */
export function tell(details: RunDetails, json: boolean): void {
  if (json) {
    printLine(JSON.stringify(details));
    return;
  }
  const { run, status, round, rounds, clients: joined, failure } = details;
  printLine(
    `run ${run}: ${status}, ${formatNumber(round)}/${formatNumber(rounds)} rounds, ${countOf(joined, 'client')}`,
  );
  if (failure !== null) printLine(`  ${failure.code}: ${failure.message}`);
}

export function formatServerRuns(runs: readonly RunOverview[]): string {
  if (runs.length === 0) return 'no runs';
  const rows = runs.map(({ run, federation, status, round, rounds, clients: joined, submittedAt }) => [
    run,
    federation,
    status,
    `${formatNumber(round)}/${formatNumber(rounds)}`,
    formatNumber(joined),
    submittedAt,
  ]);
  return formatTable([['run', 'federation', 'status', 'rounds', 'clients', 'submitted'], ...rows]);
}

function checkUrl(url: string): void {
  if (URL.canParse(url) && /^(https?|wss?):$/.test(new URL(url).protocol)) return;
  throw new UsageError(`Cannot reach a server: need a URL of http:// or https://, got '${url}'`);
}

function readParts(text: string): NonNullable<SubmittedRun['leaveOut']> {
  return text.split(',').map((each) => {
    const part = CODE.find((known) => known === each.trim());
    if (part !== undefined) return part;
    throw new UsageError(`Cannot leave out '${each.trim()}': need ${oneOf(CODE)}`);
  });
}
