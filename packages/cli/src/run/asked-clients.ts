// The clients that a pipeline or an analysis asks, question after question: here, on threads, in processes of this
// machine that stay until the end, or live ones that join by themselves.
import { type StayingClients, stayingClients, type TlsOptions } from '@starling/coordinator';
import type { Population } from '@starling/population';
import type { Runtime } from '@starling/runtime';
import { startClientProcesses } from './client-processes.js';
import { MAX_EXTENSIONS, makeRuntime, type RuntimeSettings, requireSockets } from './runtimes.js';

/** Live clients wait up to half a minute before they connect again. */
const FAREWELL_MS = 30_000;

/** Where to listen, and for whom. */
export interface Listening {
  readonly port: number;
  readonly host: string;
  readonly deadlineMs: number;
  readonly token?: string;
  readonly clientTokens?: string;
  readonly tls?: TlsOptions;
}

export interface AskedClients {
  /** Where live clients join; null of others. */
  readonly url: string | null;
  /** Asked for once for each question. */
  runtime(): Promise<Runtime>;
  /** Tells clients on sockets that all is over, or to come back later. */
  close(isOver: boolean): Promise<void>;
}

export interface AskedSettings extends RuntimeSettings {
  /** Null unless clients join by themselves. */
  readonly listening: Listening | null;
}

/** Of these clients, in the line that says where to join. */
const NAMED = 4;

/** For those who start live clients: where they join, and who must be there before anything is asked. */
export function listeningLine(
  url: string,
  { size, clientId }: Pick<Population, 'size' | 'clientId'>,
): string {
  const names = Array.from({ length: Math.min(size, NAMED) }, (_, index) => clientId(index));
  const others = size > NAMED ? `, … (${size} in all)` : '';
  return `listening at ${url}; waiting for ${size === 1 ? 'client' : 'clients'} ${names.join(', ')}${others}`;
}

/** Live clients are listened for at once; throws a `StarlingError` (`cannot-listen`) if the port is not to be had. */
export async function askedClients(name: string, settings: AskedSettings): Promise<AskedClients> {
  const { listening, population, logger, signal } = settings;
  // All must answer: a client that is missing would be in one figure and not in another.
  const shared = {
    clients: population,
    minClients: population,
    extendBelow: population,
    maxExtensions: MAX_EXTENSIONS,
    logger,
    signal,
  };
  if (listening !== null) {
    const staying = await stayingClients({ ...shared, ...listening, farewellMs: FAREWELL_MS });
    return { url: staying.url, runtime: async () => staying.runtime, close: staying.close };
  }
  if (name !== 'websocket') {
    return { url: null, runtime: () => makeRuntime(name, settings), close: async () => {} };
  }
  requireSockets(population);
  // Started with the first question: where all is found in the cache there is none.
  let staying: Promise<StayingClients> | null = null;
  const start = (): Promise<StayingClients> =>
    stayingClients({
      ...shared,
      launchClients: (url) => startClientProcesses({ ...settings, processes: settings.workers, url }),
    });
  return {
    url: null,
    runtime: async () => {
      staying ??= start();
      return (await staying).runtime;
    },
    close: async (isOver) => (await staying)?.close(isOver),
  };
}
