// The runtime that a command line names, made ready for one machine.
import { websocketRuntime } from '@starling/coordinator';
import { inProcessRuntime, type Runtime, type RuntimeName, threadsRuntime } from '@starling/runtime';
import type { Logger } from 'pino';
import { UsageError } from '../errors/usage-error.js';
import { startClientProcesses } from './client-processes.js';
import { type EngineLabel, engineChoice } from './engine-choice.js';

/** How often a phase waits another deadline for its clients before the run fails. */
const MAX_EXTENSIONS = 10;
/** A socket a client, all on this machine: beyond this, files and memory run out before the run says why. */
const MAX_SOCKETS = 5_000;

export interface RuntimeChoice {
  readonly name: RuntimeName;
  readonly engine: EngineLabel;
  /** Worker threads, or client processes. */
  readonly workers: number;
  /** Of `websocket`: what the client processes load, and how many clients they stand for. */
  readonly simulation: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly population: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told when clients are lost for good, so that the run can end. */
  readonly onFailure: (error: Error) => void;
}

/**
 * On `websocket`, the coordinator listens in this process and the clients are processes on the loopback. Throws a
 * `UsageError` where there are more clients than sockets to be had.
 */
export function chooseRuntime(choice: RuntimeChoice): Runtime {
  const { name, engine, workers, simulation, settings, population, logger, signal, onFailure } = choice;
  switch (name) {
    case 'in-process':
      return inProcessRuntime({ engine: engineChoice(engine) });
    case 'threads':
      return threadsRuntime({ workers, engine: engineChoice(engine) });
    case 'websocket':
      if (population > MAX_SOCKETS) {
        throw new UsageError(
          `Cannot simulate over WebSockets: need at most ${MAX_SOCKETS} clients, a socket each, got ${population}; use threads`,
        );
      }
      // Every client must answer, however slow the machine is: then the state is that of the other runtimes.
      return websocketRuntime({
        minClients: population,
        minReports: population,
        maxExtensions: MAX_EXTENSIONS,
        logger,
        signal,
        launchClients: (url) =>
          startClientProcesses({
            simulation,
            settings,
            engine,
            population,
            processes: workers,
            url,
            onFailure,
          }),
      });
  }
}
