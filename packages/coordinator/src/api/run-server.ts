// A server of many runs: it outlives them, takes new ones over HTTP, and after a restart continues those that it had.
// What `starling server` runs.
import { StarlingError } from '@starling/federated-core';
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import { pino } from 'pino';
import { createRunHost, type RunHost } from '../hosting/run-host.js';
import {
  type CoordinatorServer,
  type CoordinatorServerOptions,
  createCoordinatorServer,
} from '../server/coordinator-server.js';
import { LISTENING } from '../server/listening-options.js';
import { createServerMetrics } from '../server/server-metrics.js';
import { operatorTokenKind } from './operations.js';
import { apiPages } from './serve-api.js';

export interface RunServerOptions
  extends Omit<CoordinatorServerOptions, 'awaitsRuns' | 'expectsRun' | 'pages'> {
  /** A directory that keeps all runs, a folder each: `starling runs list` shows them. */
  readonly state: string;
  /** A secret of the operator's, who may submit, pause, resume and stop runs; clients need not know it. */
  readonly operatorToken: string;
  /** Runs that may be open at once, from 1. Default 64. */
  readonly maxRuns?: number;
  /** The longest submission that is taken. Default 256 MiB. */
  readonly maxSubmissionBytes?: number;
}

export interface RunServer {
  /** Where clients connect: `ws://127.0.0.1:7700`, with `wss` over TLS. */
  readonly url: string;
  readonly port: number;
  readonly watchPort: number | null;
  readonly runs: RunHost;
  /** Breaks off what runs, to be continued by the next start, tells clients to come back, and stops listening. */
  close(): Promise<void>;
}

const MAX_RUNS = 64;
const MAX_SUBMISSION_BYTES = 256 * 1024 * 1024;
/** Of the HTTP interface: what follows `/v1`. */
const API_VERSION = '1.0.0';

/** Listens, and takes up the runs of `state`. Throws a `StarlingError` with code `cannot-listen`. */
export async function createRunServer(options: RunServerOptions): Promise<RunServer> {
  checkOptions('Cannot start a server of runs', options, {
    ...LISTENING,
    state: required(kinds.text),
    operatorToken: required(operatorTokenKind),
    maxRuns: count,
    maxSubmissionBytes: count,
  });
  const { state, operatorToken, maxRuns = MAX_RUNS, ...listening } = options;
  const { maxSubmissionBytes = MAX_SUBMISSION_BYTES, ...of } = listening;
  const logger = options.logger ?? pino({ level: 'silent' });
  const metrics = options.metrics ?? createServerMetrics({ ofProcess: true });
  let host: RunHost | null = null;
  let server: CoordinatorServer | null = null;
  server = await createCoordinatorServer({
    ...of,
    ...{ logger, metrics, awaitsRuns: true },
    expectsRun: (run) => host?.isOpen(run) ?? true, // at the start nobody knows yet
    pages: apiPages({
      token: operatorToken,
      host() {
        if (host !== null) return host;
        throw new StarlingError('shutting-down', 'Cannot answer: the server is starting');
      },
      server: () => server!,
      ...{ maxSubmissionBytes, logger, version: API_VERSION },
    }),
  });
  const listensAt = server;
  try {
    host = await createRunHost({ server, directory: state, maxRuns, logger });
  } catch (error) {
    await server.close();
    throw error;
  }
  const runs = host;
  return {
    url: server.url,
    port: server.port,
    watchPort: server.watchPort,
    runs,
    async close() {
      await runs.close();
      await listensAt.close();
    },
  };
}
