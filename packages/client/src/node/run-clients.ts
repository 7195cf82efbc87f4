// Clients of a population in one process: what `starling client` runs. They share one engine and one plan cache,
// and each has a socket of its own.
import type { Engine } from '@starling/compute';
import { engineKind } from '@starling/compute/engine';
import { createOnnxEngine } from '@starling/compute/onnx';
import {
  type Check,
  checkOptions,
  count,
  hasMethods,
  kinds,
  ofKind,
  required,
} from '@starling/federated-core/plan';
import { type Population, populationKind } from '@starling/population';
import { type ClientStateStore, memoryClientStates } from '@starling/store';
import type { BackOff } from '../core/back-off.js';
import { atLeastZero, backOffKind, loggerKind, textsKind, tokenKind, urlKind } from '../core/check-client.js';
import type { Client, ClientSummary } from '../core/client.js';
import type { ClientOptions } from '../core/client-options.js';
import { type ClientLogger, silentLogger } from '../core/logger.js';
import { createPlanCache } from '../core/plan-cache.js';
import type { Connect } from '../core/socket.js';
import { createClient, createRunsClient, keptIn } from './create-client.js';

export interface RunClientsOptions {
  readonly url: string;
  readonly population: Population;
  /** Indices into the population, or how many free ones to ask for. Default: one free client. */
  readonly clients?: readonly number[] | { readonly any: number };
  readonly token?: string;
  /** The run that they take part in, by its name. Default: any that has a place for them. */
  readonly run?: string;
  /**
   * Of a server of many runs: how many each of them takes part in at once; they stay for those that come, until they
   * are closed. Default: each takes part in one, and ends with it.
   */
  readonly runs?: number;
  /** With `runs`: pieces of work that each is asked for at once. Default 1. */
  readonly tasks?: number;
  readonly pins?: readonly string[];
  /** A directory in which they keep what a plan has them keep, or a store of another kind: see `ClientOptions`. */
  readonly keep?: string | ClientStateStore;
  readonly backOff?: BackOff;
  /** See `ClientOptions`. */
  readonly giveUpMs?: number;
  /** Default: a new ONNX engine, disposed of at the end. */
  readonly engine?: Engine;
  readonly connect?: Connect;
  readonly onAck?: ClientOptions['onAck'];
  readonly onCommit?: ClientOptions['onCommit'];
  /** Default: silent. */
  readonly logger?: ClientLogger;
  /** Aborting it makes all clients leave. */
  readonly signal?: AbortSignal;
}

export interface RunningClients {
  readonly clients: readonly Client[];
  /** Once all have ended; rejects with the first `ClientRefusedError`. */
  readonly finished: Promise<readonly ClientSummary[]>;
  close(): Promise<void>;
}

/** Starts clients; they connect at once, and come back after every cut. */
export async function startClients(options: RunClientsOptions): Promise<RunningClients> {
  checkClients(options);
  const { url, population, clients: which = { any: 1 }, signal, token, pins, backOff, giveUpMs } = options;
  const logger = options.logger ?? silentLogger;
  const engine = options.engine ?? (await createOnnxEngine());
  const plans = createPlanCache(engine);
  const keep = options.keep === undefined ? memoryClientStates() : keptIn(options.keep);
  const names =
    'any' in which ? Array<null>(which.any).fill(null) : which.map((index) => population.clientId(index));
  const indexOf = new Map(
    Array.from({ length: population.size }, (_, index) => [population.clientId(index), index]),
  );

  const { run, runs, tasks } = options;
  const clients = names.map((clientId): Client => {
    const of = {
      url,
      clientId,
      dataType: population.dataType,
      load: (client: string) => population.load(indexOf.get(client) ?? noSuchClient(client, population)),
      engine,
      plans,
      keep,
      ...(options.connect !== undefined && { connect: options.connect }),
      ...(options.onAck !== undefined && { onAck: options.onAck }),
      ...(options.onCommit !== undefined && { onCommit: options.onCommit }),
      logger,
      ...(token !== undefined && { token }),
      ...(pins !== undefined && { pins }),
      ...(backOff !== undefined && { backOff }),
      ...(giveUpMs !== undefined && { giveUpMs }),
    };
    if (runs === undefined) return createClient({ ...of, ...(run !== undefined && { run }) });
    return createRunsClient({ ...of, runs, ...(tasks !== undefined && { tasks }) });
  });
  const close = async () => {
    await Promise.all(clients.map((client) => client.close()));
  };
  const ended = async () => {
    const onAbort = () => void close();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      return await Promise.all(clients.map(({ finished }) => finished));
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await close();
      await plans.dispose();
      if (options.engine === undefined) await engine.dispose();
    }
  };
  const finished = ended();
  finished.catch(() => {}); // a caller that reads `finished` gets the error; none has to
  return { clients, finished, close };
}

function checkClients(options: RunClientsOptions): void {
  if (options.run !== undefined && options.runs !== undefined) {
    throw new TypeError("Cannot start clients: need 'run', one by its name, or 'runs', how many, got both");
  }
  checkOptions('Cannot start clients', options, {
    url: required(urlKind),
    population: required(populationKind),
    clients: whichKind,
    token: tokenKind,
    run: kinds.text,
    runs: count,
    tasks: count,
    pins: textsKind,
    keep: ofKind({
      need: 'a directory, or a store of what clients keep',
      fits: (value) => (typeof value === 'string' && value !== '') || hasMethods(value, ['open']),
    }),
    backOff: backOffKind,
    giveUpMs: atLeastZero,
    engine: engineKind,
    connect: kinds.callable,
    onAck: kinds.callable,
    onCommit: kinds.callable,
    logger: loggerKind,
    signal: kinds.abortSignal,
  });
}

const whichKind: Check = ofKind({
  need: 'an array of clients by number, such as [0, 1], or { any: 2 }',
  fits: (value) => {
    if (Array.isArray(value)) return value.length > 0 && value.every(Number.isSafeInteger);
    const { any } = (value ?? {}) as { readonly any?: unknown };
    return typeof value === 'object' && Number.isSafeInteger(any) && (any as number) > 0;
  },
  advice: (value) => (Number.isSafeInteger(value) ? `Write { any: ${value} }` : null),
});

/** Starts clients and waits for their end. */
export async function runClients(options: RunClientsOptions): Promise<readonly ClientSummary[]> {
  const { finished } = await startClients(options);
  return finished;
}

function noSuchClient(client: string, population: Population): never {
  throw new RangeError(`Cannot load '${client}': population '${population.name}' has no such client`);
}
