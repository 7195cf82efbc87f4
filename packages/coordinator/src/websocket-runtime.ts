// The `websocket` runtime: real clients, each on a socket of its own, run the plan. Opening a session starts the
// server and offers the plan; a phase broadcasts from one shared buffer, gathers updates in any order, and folds
// them by lanes, so that the result has the bits that every other runtime gives.
import { createOnnxEngine, type Engine } from '@starling/compute';
import { clientSeed, updateChecker } from '@starling/federated-core';
import type { Population } from '@starling/population';
import {
  createLaneFold,
  createPlanRunner,
  type PackedPlan,
  type PhaseRequest,
  type Runtime,
  type RuntimeSession,
} from '@starling/runtime';
import { encodeLeaves, sha256Hex } from '@starling/runtime/wire';
import { type Logger, pino } from 'pino';
import { gather } from './gathering.js';
import { offerPlan } from './plan-offer.js';
import { type HttpServer, listenHttp, type TlsOptions } from './server/http.js';
import { createMetrics, type Metrics } from './server/metrics.js';
import { createStreamIds, shareBody } from './shared-body.js';
import { createSocketServer, type SocketServer, type Task } from './socket-server.js';

/** Clients that were started for a session, and are stopped with it. */
export interface LaunchedClients {
  stop(): Promise<void>;
}

export interface WebSocketRuntimeOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** How long a phase waits for its cohort, milliseconds. Default 60,000. */
  readonly deadlineMs?: number;
  /** Accepted updates (or the whole cohort, if smaller) without which a deadline is extended. Default 1. */
  readonly minReports?: number;
  /** How often a deadline with too few reports is extended; then the phase ends with what it has. Default: without end. */
  readonly maxExtensions?: number;
  /** Clients that must be ready before the first phase begins. Default 1. */
  readonly minClients?: number;
  /** A secret that joining clients must know. Default: none is asked for. */
  readonly token?: string;
  readonly tls?: TlsOptions;
  /** Between pings; three without an answer end a socket. Default 15,000. */
  readonly heartbeatMs?: number;
  /** From a socket's first byte to `ready`, the plan's download included. Default 60,000. */
  readonly handshakeMs?: number;
  /** How long a name that `any` client was given stays its own after a cut. Default: the deadline, at least a minute. */
  readonly reserveMs?: number;
  /** Runs operators of `federatedAggregate`. Default: a new ONNX engine. */
  readonly engine?: Engine;
  /** Starts clients once the server listens at `url`; `starling simulate --runtime websocket` starts processes. */
  readonly launchClients?: (url: string) => Promise<LaunchedClients> | LaunchedClients;
  /** Default: silent. */
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Aborting it makes a session's end tell clients to come back later, rather than that the run is over. */
  readonly signal?: AbortSignal;
  /** Told where the server listens, once it does. */
  readonly onListen?: (server: { readonly url: string; readonly port: number }) => void;
}

/** A runtime whose clients join over WebSockets. Every session has a server of its own. */
export function websocketRuntime(options: WebSocketRuntimeOptions = {}): Runtime {
  return { name: 'websocket', open: (plan, population) => openSession(plan, population, options) };
}

async function openSession(
  packed: PackedPlan,
  population: Population,
  options: WebSocketRuntimeOptions,
): Promise<RuntimeSession> {
  const { deadlineMs = 60_000, minClients = 1, heartbeatMs = 15_000, handshakeMs = 60_000, signal } = options;
  const logger = options.logger ?? pino({ level: 'silent' });
  const metrics = options.metrics ?? createMetrics();
  const nextStream = createStreamIds();
  const engine = options.engine ?? (await createOnnxEngine());
  const runner = await createPlanRunner(packed, engine, ['aggregation']);
  const offer = offerPlan(packed, nextStream);

  let server: SocketServer | null = null;
  const http: HttpServer = await listenHttp({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    ...(options.tls && { tls: options.tls }),
    metrics,
    isReady: () => (server?.ready ?? 0) >= minClients,
  });
  server = createSocketServer({
    http,
    offer,
    population,
    ...(options.token !== undefined && { token: options.token }),
    heartbeatMs,
    handshakeMs,
    reserveMs: options.reserveMs ?? Math.max(deadlineMs, 60_000),
    logger,
    metrics,
  });
  logger.info({ url: http.url, plan: offer.hash, name: offer.name, clients: population.size }, 'listening');
  options.onListen?.({ url: http.url, port: http.port });
  const launched = await options.launchClients?.(http.url);
  let started = false;
  let current: Task | null = null;

  /** Everything of one phase that does not depend on who answers. */
  function makeTask(request: PhaseRequest, sockets: SocketServer): Task {
    const { round, phase, seed, cohort, broadcasts } = request;
    const { aggregations } = packed.plan.phases[phase]!;
    const reductions = runner.reductions(phase);
    const body = encodeLeaves(broadcasts.flat());
    const broadcast = sha256Hex(body);
    const shared = shareBody(body, nextStream());
    const task: Task = {
      round,
      phase,
      gathering: gather({
        round,
        phase,
        cohort: cohort.map((index) => population.clientId(index)),
        fold: createLaneFold({
          aggregations,
          reductions,
          laneSize: packed.plan.laneSize,
          cohortSize: cohort.length,
        }),
        check: updateChecker(aggregations, reductions),
        deadlineMs,
        minReports: options.minReports ?? 1,
        maxExtensions: options.maxExtensions ?? Number.POSITIVE_INFINITY,
        logger: logger.child({ round, phase }),
        metrics,
      }),
      frames: (client, held, received) =>
        shared.frames(
          'work',
          {
            round,
            phase,
            seed: [...clientSeed(seed, client)],
            deadlineMs: task.gathering.remainingMs(),
            broadcast,
            received,
          },
          held?.hash === broadcast ? held.from : 0,
        ),
    };
    sockets.assign(task);
    for (const index of cohort) sockets.ask(population.clientId(index));
    return task;
  }

  return {
    async runPhase(request) {
      if (!started) await abortable(server.whenReady(minClients), signal);
      started = true;
      metrics.set('starling_round', request.round);
      current = makeTask(request, server);
      try {
        return await abortable(current.gathering.outcome, signal);
      } finally {
        server.assign(null);
        current = null;
      }
    },
    async close() {
      current?.gathering.abort(new Error('the session was closed'));
      await server.close(signal?.aborted !== true);
      await http.close();
      await launched?.stop();
      await runner.dispose();
      if (options.engine === undefined) await engine.dispose();
      logger.info('closed');
    },
  };
}

/** The promise, or the signal's reason if that comes first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
