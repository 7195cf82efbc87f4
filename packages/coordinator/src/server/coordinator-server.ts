// The coordinator's server: where it listens, whom it lets in, and how long strangers and silent sockets may stay. It
// knows no plan and no round; a session that it hosts says what clients are offered, and it may outlive its sessions.
import type { Socket } from 'node:net';
import { checkOptions, kinds } from '@starling/federated-core/plan';
import { encodeMessage, WireError } from '@starling/wire';
import { type Logger, pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { createAuthority } from './authority.js';
import { Connection, type Door } from './connection.js';
import {
  createSeats,
  type HostedSession,
  type ReadyClient,
  type Seats,
  type SessionHosting,
} from './hosted-session.js';
import {
  addressOf,
  listenHttp,
  listenToWatchers,
  type Pages,
  type TlsOptions,
  type WatchServer,
} from './http.js';
import { allLimits, type ServerLimits } from './limits.js';
import { LISTENING } from './listening-options.js';
import { createRefusals } from './refusals.js';
import { createReturns } from './returns.js';
import { seatFor } from './seating.js';
import { createServerMetrics, type ServerMetrics } from './server-metrics.js';
import { createSettlements } from './settlements.js';
import { createStrangers } from './strangers.js';
import { createTaskDesk } from './task-desk.js';

/** Above this the server itself closes the socket (1009); up to it an error frame says `frame-too-big`. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** Pieces of one WebSocket frame that may wait for its end: small ones cost more than their bytes. */
const MAX_PIECES = 4096;
/** How often the time of strangers, messages and bodies is looked at, milliseconds. */
const SWEEP_MS = 250;
/** How often the file of tokens, and the certificate, are looked at, milliseconds. */
const LOOK_MS = 1000;

export interface CoordinatorServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  /** A secret that joining clients must know. Default: none is asked for. */
  readonly token?: string;
  /**
   * A file with the hashes of a token for each client, in place of `token`: a line each, "name hash". Those in it may
   * join, each under its own name. It is read again when it changes, and who is joined with a token that is gone hears
   * `unauthorized`.
   */
  readonly clientTokens?: string;
  /** Between pings; three without an answer end a socket. Default 15,000. */
  readonly heartbeatMs?: number;
  /** From `hello` to `ready`, the plan's download included. Default 60,000. */
  readonly handshakeMs?: number;
  /** What anyone may take of it; see `limitDefinitions`, which has the defaults. */
  readonly limits?: Partial<ServerLimits>;
  /**
   * Origins of web pages that may join, such as `https://lab.example`; `*` for any. Default: none; clients that are no
   * browsers say no origin.
   */
  readonly allowOrigins?: readonly string[];
  /** A port that serves `/healthz`, `/readyz` and `/metrics` alone, in plain HTTP; 0 takes any. Default: none. */
  readonly watchPort?: number;
  /**
   * Whether runs come and go: a client that none has a place for is told to come back (`no-run`), and the server is
   * ready without any. Default: no, and a client that fits no session is turned away for good.
   */
  readonly awaitsRuns?: boolean;
  /** Whether a run that is not open is to come: who was in it, or wants it, is told to come back. Default: none is. */
  readonly expectsRun?: (run: string) => boolean;
  /** Answers further requests on the port, such as those of an operator. Default: nothing else is there. */
  readonly pages?: Pages;
  /** Default: silent. */
  readonly logger?: Logger;
  /** What is served at `/metrics`. Default: new ones. */
  readonly metrics?: ServerMetrics;
}

export interface CoordinatorServer {
  /** Where clients connect: `ws://127.0.0.1:7700`, with `wss` over TLS. */
  readonly url: string;
  readonly port: number;
  /** Where it can be watched, if it has a port for that. */
  readonly watchPort: number | null;
  readonly metrics: ServerMetrics;
  /** Opens the server to the clients of a session, beside those of others that are open. */
  host(session: SessionHosting): HostedSession;
  /** Who is ready in the run of that name, by name; nobody if there is none. */
  clients(run: string): readonly ReadyClient[];
  /** Has all who come back to a run of that name hear that it is over. */
  finished(run: string): void;
  /** Stops listening; sessions are closed by then. */
  close(): Promise<void>;
}

/** Listens; throws a `StarlingError` with code `cannot-listen` if the port is not to be had. */
export async function createCoordinatorServer(
  options: CoordinatorServerOptions = {},
): Promise<CoordinatorServer> {
  checkOptions('Cannot start a server', options, {
    ...LISTENING,
    awaitsRuns: kinds.flag,
    expectsRun: kinds.callable,
    pages: kinds.callable,
  });
  const { host = '127.0.0.1', port = 0, tls, allowOrigins = [], watchPort } = options;
  const { heartbeatMs = 15_000, handshakeMs = 60_000 } = options;
  const { logger = pino({ level: 'silent' }), metrics = createServerMetrics() } = options;
  const limits = allLimits(options.limits);
  const now = () => performance.now();
  const refusals = createRefusals(logger, metrics);
  const returns = createReturns(limits.returnsPerSecond, now);
  const strangers = createStrangers({ limits, refusals, now });
  const authority = createAuthority(options, limits, now);
  const settlements = createSettlements();
  const desk = createTaskDesk();
  const { awaitsRuns = false, expectsRun = () => false } = options;
  /** Those that are open, and the latest one that was. */
  let sessions: readonly Seats[] = [];
  /** Open sockets. */
  const connections = new Set<Connection>();
  /** Those that have not said `hello`, or have no place. */
  const unseated = new Set<Connection>();

  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    clientTracking: false,
    ...{ maxFragments: limits.fragments, maxBufferedChunks: MAX_PIECES }, // which its types do not know yet
  });
  sockets.on('wsClientError', (error, socket, { socket: { remoteAddress } }) => {
    refusals.refuse({ reason: 'bad-request', address: addressOf({ remoteAddress }), message: error.message });
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  function connected(socket: WebSocket, stream: Socket): void {
    const address = addressOf(stream);
    if (sessions.length === 0 && !awaitsRuns) {
      turnAway(socket);
      return;
    }
    const greetingMs = Math.min(strangers.remainingMs(stream), handshakeMs);
    const connection = new Connection({
      ...{ socket, stream, address, heartbeatMs, handshakeMs, greetingMs },
      ...{ limits, logger, metrics, refusals, returns, door },
    });
    connections.add(connection);
    unseated.add(connection);
    tally();
  }
  function tally(): void {
    metrics.set('starling_sockets', connections.size);
    metrics.set(
      'starling_clients',
      sessions.reduce((sum, { ready }) => sum + ready, 0),
    );
  }
  const door: Door = {
    hello(connection, hello) {
      const known = authority.authorize(connection.address, hello);
      if (authority.knowsClients) connection.token = hello.token ?? null;
      const seat = seatFor(connection, known, {
        sessions: () => sessions,
        ...{ settlements, awaitsRuns, expectsRun },
      });
      if (seat === null) return null;
      unseated.delete(connection);
      strangers.joined(connection.stream);
      return seat;
    },
    refusalMs: ({ address }) => authority.refusalMs(address),
    closed(connection) {
      connections.delete(connection);
      unseated.delete(connection);
      tally();
    },
  };
  const pages = {
    host,
    metrics,
    isReady: () => awaitsRuns || sessions.some(({ isReady }) => isReady),
    requestMs: limits.strangerMs,
  };
  const http = await listenHttp({
    ...pages,
    port,
    ...(tls !== undefined && { tls }),
    strangers,
    refusals,
    origins: { allowed: allowOrigins, host },
    refusalMs: authority.refusalMs,
    ...(options.pages !== undefined && { pages: options.pages }),
    upgrade: (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (opened) => connected(opened, request.socket)),
  });
  let watch: WatchServer | null = null;
  try {
    if (watchPort !== undefined) watch = await listenToWatchers({ ...pages, port: watchPort });
  } catch (error) {
    await http.close();
    throw error;
  }
  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, heartbeatMs);
  const looks = setInterval(() => {
    refreshTokens();
    renewTls();
  }, LOOK_MS);
  const sweep = setInterval(() => {
    strangers.sweep();
    for (const connection of connections) connection.sweep();
  }, SWEEP_MS);

  /** Lets go who is joined with a token that is gone. */
  function refreshTokens(): void {
    try {
      if (!authority.refresh()) return;
    } catch (error) {
      logger.error({ err: error }, 'the tokens of clients stay as they were');
      return;
    }
    logger.info('the tokens of clients have changed');
    for (const connection of connections) {
      const { client, token: used } = connection;
      if (client === '' || used === null || authority.isStill(client, used)) continue;
      connection.fail(new WireError('unauthorized', 'Cannot stay: the token is not valid any more'));
    }
  }
  function renewTls(): void {
    try {
      const pair = tls?.renewed?.() ?? null;
      if (pair === null) return;
      http.useTls(pair);
      logger.info('the certificate has changed');
    } catch (error) {
      logger.error({ err: error }, 'the certificate stays as it was');
    }
  }
  /** Whether a socket without a seat has none to hope for but in this session. */
  function isLastOne(seats: Seats): boolean {
    return !awaitsRuns && sessions.every((each) => each === seats || each.isClosed);
  }
  return {
    url: http.url,
    port: http.port,
    watchPort: watch?.port ?? null,
    metrics,
    host(session) {
      const seats: Seats = createSeats(session, metrics, {
        settlements,
        desk,
        changed: tally,
        unseated: () => (isLastOne(seats) ? unseated : []),
        admit: authority.admit,
        knowsClients: authority.knowsClients,
      });
      sessions = [...sessions.filter(({ isClosed }) => !isClosed), seats];
      return seats;
    },
    clients: (run) => sessions.find((each) => !each.isClosed && each.isOf(run))?.clients ?? [],
    finished: (run) => settlements.finish(run),
    async close() {
      clearInterval(heartbeat);
      clearInterval(sweep);
      clearInterval(looks);
      refusals.close();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      await http.close();
      await watch?.close();
    },
  };
}

/** Before the first session there is nothing to join. */
function turnAway(socket: WebSocket): void {
  const error = new WireError('shutting-down', 'Cannot join: the coordinator has no session now');
  socket.send(encodeMessage('error', { code: error.code, reason: error.message }));
  socket.close(error.closeCode, error.code);
}
