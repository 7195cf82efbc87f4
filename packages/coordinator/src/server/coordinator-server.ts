// The coordinator's server: where it listens, whom it lets in, and how long strangers and silent sockets may stay. It
// knows no plan and no round; a session that it hosts says what clients are offered, and it may outlive its sessions.
import { StarlingError } from '@starling/federated-core';
import { checkOptions, numberWithin } from '@starling/federated-core/plan';
import { type Control, encodeMessage, WireError } from '@starling/wire';
import { type Logger, pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { Connection, type ConnectionHandlers } from './connection.js';
import { createSeats, type HostedSession, type Seats, type SessionHosting } from './hosted-session.js';
import { listenHttp, type TlsOptions } from './http.js';
import { LISTENING } from './listening-options.js';
import { createServerMetrics, type ServerMetrics } from './server-metrics.js';
import { createSettlements } from './settlements.js';
import { tokenMatches } from './token.js';

/** Above this the server itself closes the socket (1009); up to it an error frame says `frame-too-big`. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

export interface CoordinatorServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  /** A secret that joining clients must know. Default: none is asked for. */
  readonly token?: string;
  /** Between pings; three without an answer end a socket. Default 15,000. */
  readonly heartbeatMs?: number;
  /** From `hello` to `ready`, the plan's download included. Default 60,000. */
  readonly handshakeMs?: number;
  /** Connections above this are refused before a byte is read. Default 10,000. */
  readonly maxConnections?: number;
  /** Default: silent. */
  readonly logger?: Logger;
  /** What is served at `/metrics`. Default: new ones. */
  readonly metrics?: ServerMetrics;
}

export interface CoordinatorServer {
  /** Where clients connect: `ws://127.0.0.1:7700`, with `wss` over TLS. */
  readonly url: string;
  readonly port: number;
  readonly metrics: ServerMetrics;
  /** Opens the server to the clients of a session, one session at a time. Throws if one is still open. */
  host(session: SessionHosting): HostedSession;
  /** Stops listening; sessions are closed by then. */
  close(): Promise<void>;
}

/** Listens; throws a `StarlingError` with code `cannot-listen` if the port is not to be had. */
export async function createCoordinatorServer(
  options: CoordinatorServerOptions = {},
): Promise<CoordinatorServer> {
  checkOptions('Cannot start a server', options, {
    ...LISTENING,
    maxConnections: numberWithin({ whole: true, from: 1 }),
  });
  const { host = '127.0.0.1', port = 0, tls, token, maxConnections = 10_000 } = options;
  const { heartbeatMs = 15_000, handshakeMs = 60_000 } = options;
  const { logger = pino({ level: 'silent' }), metrics = createServerMetrics() } = options;
  const settlements = createSettlements();
  let hosted: { readonly seats: Seats; readonly handlers: ConnectionHandlers } | null = null;

  const http = await listenHttp({
    host,
    port,
    ...(tls !== undefined && { tls }),
    metrics,
    isReady: () => hosted?.seats.isReady ?? false,
    maxConnections,
  });
  const sockets = new WebSocketServer({
    server: http.server,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    clientTracking: false,
  });
  sockets.on('error', (error) => logger.error({ err: error }, 'socket server error'));
  sockets.on('connection', (socket) => {
    if (hosted === null) return turnAway(socket);
    const { seats, handlers } = hosted;
    const { offer } = seats;
    seats.connected(new Connection({ socket, offer, heartbeatMs, handshakeMs, logger, metrics, handlers }));
  });
  const heartbeat = setInterval(() => {
    for (const connection of hosted?.seats.connections ?? []) connection.ping();
  }, heartbeatMs);

  function authorize(hello: Control<'hello'>): void {
    if (tokenMatches(token, hello.token)) return;
    throw new WireError('unauthorized', 'Cannot join: the token is missing or wrong');
  }

  return {
    url: http.url,
    port: http.port,
    metrics,
    host(session) {
      if (hosted !== null && !hosted.seats.isClosed) {
        throw new StarlingError(
          'server-busy',
          'Cannot host a session: need a server without one, got one that is open',
        );
      }
      const seats = createSeats(session, metrics, settlements);
      const handlers: ConnectionHandlers = {
        ...seats.handlers,
        hello(connection, hello) {
          authorize(hello);
          return seats.handlers.hello(connection, hello);
        },
      };
      hosted = { seats, handlers };
      return seats;
    },
    async close() {
      clearInterval(heartbeat);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      await http.close();
    },
  };
}

/** Before the first session there is nothing to join. */
function turnAway(socket: WebSocket): void {
  const error = new WireError('shutting-down', 'Cannot join: the coordinator has no session now');
  socket.send(encodeMessage('error', { code: error.code, reason: error.message }));
  socket.close(error.closeCode, error.code);
}
