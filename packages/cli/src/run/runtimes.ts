// Runtimes by the names that a command line gives them, each made ready for one machine. A runtime is imported when it
// is chosen.
import type { Runtime } from '@starling/runtime';
import type { EngineChoice } from '@starling/runtime/engines';
import type { Logger } from 'pino';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { trackThread } from './worker-threads.js';

/** How often a phase waits another deadline for its clients before the run fails. */
export const MAX_EXTENSIONS = 10;
/** A socket a client, all on this machine: beyond this, files and memory run out before the run says why. */
const MAX_SOCKETS = 5_000;

export interface RuntimeSettings {
  readonly engine: EngineChoice;
  /** Worker threads, or client processes. */
  readonly workers: number;
  /** Of `websocket`: what the client processes load, and how many clients they stand for. */
  readonly federation: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly population: number;
  /** Of `websocket`: where clients keep a state. Default: in memory. */
  readonly clientStates?: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told when clients are lost for good, so that the run can end. */
  readonly onFailure: (error: Error) => void;
}

interface RuntimeEntry {
  /** Whether it works on several cores, and so asks for workers. */
  readonly hasWorkers: boolean;
  make(settings: RuntimeSettings): Promise<Runtime>;
}

const runtimes: Readonly<Record<string, RuntimeEntry>> = {
  'in-process': {
    hasWorkers: false,
    async make({ engine }) {
      const { inProcessRuntime } = await import('@starling/runtime');
      return inProcessRuntime({ engine });
    },
  },
  threads: {
    hasWorkers: true,
    async make({ engine, workers }) {
      const { threadsRuntime } = await import('@starling/runtime');
      return threadsRuntime({ workers, engine, onWorkerStart: trackThread });
    },
  },
  websocket: { hasWorkers: true, make: onLoopback },
};

export const runtimeNames: readonly string[] = Object.keys(runtimes);
/** Those of commands that ask all clients: live ones join by themselves (`asked-clients.ts`). */
export const askingRuntimeNames: readonly string[] = [...runtimeNames, 'live'];

/** Throws a `UsageError` if there is no such runtime. */
export function hasWorkers(name: string): boolean {
  return entryOf(name).hasWorkers;
}

/** Throws a `UsageError` if there is no such runtime, or it cannot serve so many clients. */
export function makeRuntime(name: string, settings: RuntimeSettings): Promise<Runtime> {
  return entryOf(name).make(settings);
}

function entryOf(name: string): RuntimeEntry {
  if (Object.hasOwn(runtimes, name)) return runtimes[name]!;
  throw new UsageError(`Cannot choose a runtime: need ${oneOf(runtimeNames)}, got '${name}'`);
}

/** The coordinator listens in this process, and the clients are processes on the loopback. */
async function onLoopback(settings: RuntimeSettings): Promise<Runtime> {
  const { engine, workers, federation, population, clientStates, logger, signal, onFailure } = settings;
  requireSockets(population);
  const { websocketRuntime } = await import('@starling/coordinator');
  const { startClientProcesses } = await import('./client-processes.js');
  // Every client must answer, however slow the machine is: then the state is that of the other runtimes.
  return websocketRuntime({
    minClients: population,
    extendBelow: population,
    maxExtensions: MAX_EXTENSIONS,
    logger,
    signal,
    launchClients: (url) =>
      startClientProcesses({
        federation,
        settings: settings.settings,
        engine,
        population,
        processes: workers,
        ...(clientStates !== undefined && { clientStates }),
        url,
        onFailure,
      }),
  });
}

/** Throws a `UsageError` if there are more clients than sockets. */
export function requireSockets(population: number): void {
  if (population <= MAX_SOCKETS) return;
  throw new UsageError(
    `Cannot simulate over WebSockets: need at most ${MAX_SOCKETS} clients, a socket each, got ${population}; use threads`,
  );
}
