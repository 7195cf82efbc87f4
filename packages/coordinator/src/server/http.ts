// The HTTP side of the coordinator: liveness, readiness and metrics on the port that the sockets use, or also on one of
// their own, which answers while that one is under attack.
//
//   GET /healthz  200 while the process serves
//   GET /readyz   200 once enough clients are ready, else 503
//   GET /metrics  Prometheus text
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { StarlingError } from '@starling/federated-core';
import { type OriginRules, originFault } from './origins.js';
import type { Refusals } from './refusals.js';
import type { ServerMetrics } from './server-metrics.js';
import type { Strangers } from './strangers.js';

export interface TlsPair {
  /** PEM text. */
  readonly key: string;
  readonly cert: string;
}

export interface TlsOptions extends TlsPair {
  /**
   * Asked each second for the pair that new connections get from then on; `null` if it is the same. What it throws is
   * logged, and the pair stays. Default: the pair stays.
   */
  readonly renewed?: () => TlsPair | null;
}

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: TlsOptions;
  readonly metrics: ServerMetrics;
  readonly isReady: () => boolean;
  readonly strangers: Strangers;
  readonly refusals: Refusals;
  readonly origins: OriginRules;
  /** How long a request may take to arrive, milliseconds; with `pages` a stranger's alone. */
  readonly requestMs: number;
  readonly pages?: Pages;
  /** How long the answer to a wrong secret waits, milliseconds. */
  readonly refusalMs: (address: string) => number;
  /** Takes a connection that asks for a WebSocket, and whose origin may. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** A request that is for none of the server's own pages, and what its answer may ask of the server. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The other end has shown that it may: its connection is a stranger's no longer, and may take its time. */
  vouch(): void;
  /** Counts and logs that it was turned away. */
  refuse(reason: string, message: string): void;
  /** How long an answer to one who did not know the secret waits, milliseconds. */
  refusalMs(): number;
}

/** Answers a request, or gives false for one that is none of its own. */
export type Pages = (exchange: Exchange) => boolean;

export interface HttpServer {
  readonly port: number;
  /** Where clients connect: `ws://127.0.0.1:7700`, with `wss` over TLS. */
  readonly url: string;
  /** Of connections to come; does nothing without TLS. */
  useTls(pair: TlsPair): void;
  close(): Promise<void>;
}

/** The longest header of a request, bytes. */
const MAX_HEADER_BYTES = 8 * 1024;
/** How often requests are looked at that take too long, milliseconds. */
const CHECKING_MS = 1000;

/** Connections of those who watch, on a port of their own. */
const MAX_WATCHERS = 100;

/** What listening takes, by how it failed. */
const NEEDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a free port, which no other process listens at',
  EACCES: 'a port that this user may take, such as one from 1024 up',
  EADDRNOTAVAIL: 'an address of this machine',
  ENOTFOUND: 'an address, or the name of one',
  EAI_AGAIN: 'an address, or a name that can be looked up now',
};

/** Listens; throws a `StarlingError` with code `cannot-listen` if the port is taken, or not to be had. */
export async function listenHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, tls, strangers, refusals, origins, requestMs, pages } = options;
  const settings: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: requestMs,
    requestTimeout: pages === undefined ? requestMs : 0, // who is vouched for has longer, others are strangers
    connectionsCheckingInterval: CHECKING_MS,
  };
  const server =
    tls === undefined
      ? createServer(settings)
      : createTlsServer({ ...settings, key: tls.key, cert: tls.cert, handshakeTimeout: requestMs });
  const answer = answerPages(options);
  /** Ends what its origin keeps out; gives whether it has. */
  function isForeign(request: IncomingMessage, end: (message: string) => void): boolean {
    const fault = originFault(request, origins);
    if (fault === null) return false;
    refusals.refuse({ ...fault, address: addressOf(request.socket) });
    end(fault.message);
    return true;
  }
  server.on('connection', (socket: Socket) => strangers.connected(socket));
  server.on('request', (request, response) => {
    if (isForeign(request, (message) => write(response, request, [403, 'text/plain', `${message}\n`])))
      return;
    const address = addressOf(request.socket);
    const exchange: Exchange = {
      request,
      response,
      vouch: () => strangers.joined(request.socket),
      refuse: (reason, message) => refusals.refuse({ reason, address, message }),
      refusalMs: () => options.refusalMs(address),
    };
    if (pages?.(exchange) !== true) answer(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!isForeign(request, (message) => refuseUpgrade(socket, message)))
      options.upgrade(request, socket, head);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const address = addressOf(socket as Socket);
    if (error.code !== 'ECONNRESET') {
      refusals.refuse({ reason: 'bad-request', address, message: `Cannot read a request: ${error.code}` });
    }
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const message = `Cannot agree on TLS: ${error.code ?? error.message}`;
    refusals.refuse({ reason: 'bad-tls', address: addressOf(socket), message });
    socket.destroy();
  });
  const bound = await listenAt(server, host, port);
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    port: bound,
    url: `${tls === undefined ? 'ws' : 'wss'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${bound}`,
    useTls({ key, cert }) {
      if (server instanceof TlsServer) server.setSecureContext({ key, cert });
    },
    close: () => closeServer(server),
  };
}

export interface WatchServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the pages alone, in plain HTTP: it has its own connections, so that those of clients take none of them. */
export async function listenToWatchers(
  options: Pick<HttpOptions, 'host' | 'port' | 'metrics' | 'isReady' | 'requestMs'>,
): Promise<WatchServer> {
  const { host, port, requestMs } = options;
  const settings = { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: requestMs, requestTimeout: requestMs };
  const server = createServer(settings, answerPages(options));
  server.maxConnections = MAX_WATCHERS;
  return { port: await listenAt(server, host, port), close: () => closeServer(server) };
}

type Answer = readonly [status: number, type: string, body: string];

function answerPages({ metrics, isReady }: Pick<HttpOptions, 'metrics' | 'isReady'>) {
  const pages = new Map<string, () => Answer | Promise<Answer>>([
    ['/healthz', () => [200, 'text/plain', 'ok\n']],
    [
      '/readyz',
      () => (isReady() ? [200, 'text/plain', 'ready\n'] : [503, 'text/plain', 'waiting for clients\n']),
    ],
    ['/metrics', async () => [200, metrics.contentType, await metrics.render()]],
  ]);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const page = pages.get((request.url ?? '').split('?', 1)[0] as string);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    write(response, request, page && isRead ? await page() : [page ? 405 : 404, 'text/plain', 'not here\n']);
  };
}

/** One request a connection: nobody keeps one open for the next, and no body is waited for. */
function write(response: ServerResponse, request: IncomingMessage, [status, type, body]: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body, () => {
    if (!request.complete) request.socket.destroySoon();
  });
}

function refuseUpgrade(socket: Duplex, message: string): void {
  const body = `${message}\n`;
  socket.end(
    'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function listenAt(server: Server | TlsServer, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => {
      const need = NEEDS[cause.code ?? ''] ?? 'a free port that this user may take';
      const text = `Cannot listen at ${host}:${port}: need ${need}, got ${cause.code}`;
      reject(new StarlingError('cannot-listen', text, { cause }));
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

function closeServer(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Of the other end, as far as it is known. */
export function addressOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress ?? 'unknown';
}
