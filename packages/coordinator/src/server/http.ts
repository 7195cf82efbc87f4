// The HTTP side of the coordinator: liveness, readiness and metrics on the port that the sockets use.
//
//   GET /healthz  200 while the process serves
//   GET /readyz   200 once enough clients are ready, else 503
//   GET /metrics  Prometheus text
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { StarlingError } from '@starling/federated-core';
import type { ServerMetrics } from './server-metrics.js';

export interface TlsOptions {
  /** PEM text. */
  readonly key: string;
  readonly cert: string;
}

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: TlsOptions;
  readonly metrics: ServerMetrics;
  readonly isReady: () => boolean;
  /** Connections above this are refused before a byte is read. */
  readonly maxConnections: number;
}

export interface HttpServer {
  readonly server: Server;
  readonly port: number;
  /** Where clients connect: `ws://127.0.0.1:7700`, with `wss` over TLS. */
  readonly url: string;
  close(): Promise<void>;
}

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
  const { host, port, tls, metrics, isReady } = options;
  const pages = new Map<string, () => readonly [status: number, type: string, body: string]>([
    ['/healthz', () => [200, 'text/plain', 'ok\n']],
    [
      '/readyz',
      () => (isReady() ? [200, 'text/plain', 'ready\n'] : [503, 'text/plain', 'waiting for clients\n']),
    ],
    ['/metrics', () => [200, 'text/plain; version=0.0.4', metrics.render()]],
  ]);
  const server = tls === undefined ? createServer() : (createTlsServer({ ...tls }) as Server);
  server.on('request', (request, response) => {
    const page = pages.get((request.url ?? '').split('?', 1)[0] as string);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const [status, type, body] = page && isRead ? page() : [page ? 405 : 404, 'text/plain', 'not here\n'];
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.maxConnections = options.maxConnections;
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
  const bound = (server.address() as AddressInfo).port;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    server,
    port: bound,
    url: `${tls === undefined ? 'ws' : 'wss'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
