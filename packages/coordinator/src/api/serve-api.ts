// Serves the HTTP interface of a server of many runs: who is the operator, which operation is asked for, and its
// answer.
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { StarlingError } from '@starling/federated-core';
import type { Logger } from 'pino';
import type { RunHost } from '../hosting/run-host.js';
import type { CoordinatorServer } from '../server/coordinator-server.js';
import type { Exchange, Pages } from '../server/http.js';
import { tokenMatches } from '../server/token.js';
import { openApiDocument } from './openapi.js';
import {
  BYTES,
  type FaultCode,
  faultStatus,
  HASH_HEADER,
  LINES,
  type OperationName,
  operationNames,
  operationOf,
  ROUND_HEADER,
} from './operations.js';
import { readBody } from './read-body.js';

export interface ApiOptions {
  /** The operator's secret; not empty. */
  readonly token: string;
  readonly host: () => RunHost;
  readonly server: () => Pick<CoordinatorServer, 'clients'>;
  /** The longest submission that is taken. */
  readonly maxSubmissionBytes: number;
  readonly logger: Logger;
  readonly version: string;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** Empty for an operation that is not of one. */
  readonly run: string;
}

/** A submission of hundreds of megabytes over a slow line. */
const SUBMISSION_MS = 600_000;
/** How long what was not waited for may still come, milliseconds. */
const LINGER_MS = 1000;
const BASE = 'http://server';
const PREFIX = '/v1/';
const DOCUMENT = '/openapi.json';
const BEARER = /^Bearer +(\S+)$/i;

/** Gives the pages of the interface: paths below `/v1`, for the operator alone, and `/openapi.json`, for anyone. */
export function apiPages(options: ApiOptions): Pages {
  const document = JSON.stringify(openApiDocument(options.version));
  const routes = operationNames.map((name) => {
    const { method, path } = operationOf(name);
    return { name, method, pattern: new RegExp(`^${path.replace('{run}', '([^/]+)')}$`) };
  });

  async function answer(exchange: Exchange, path: string, query: URLSearchParams): Promise<Answer> {
    const { request } = exchange;
    await checkOperator(exchange, options.token);
    exchange.vouch();
    const fitting = routes.filter(({ pattern }) => pattern.test(path));
    if (fitting.length === 0)
      throw new StarlingError('not-found', 'Cannot find that path: /openapi.json lists all');
    const route = fitting.find(({ method }) => method === request.method);
    if (route === undefined) {
      const methods = fitting.map(({ method }) => method).join(' or ');
      throw new StarlingError('wrong-method', `Cannot do that: need ${methods}, got ${request.method}`);
    }
    const [, run = ''] = route.pattern.exec(path) ?? [];
    return operate(options, route.name, { request, query, run: decoded(run) });
  }

  return (exchange) => {
    const { url = '/' } = exchange.request;
    if (!URL.canParse(url, BASE)) return false; // such as '//', which is no page
    const { pathname, searchParams } = new URL(url, BASE);
    if (pathname === DOCUMENT) {
      respond(exchange, { status: 200, type: 'application/json', body: document });
      return true;
    }
    if (!pathname.startsWith(PREFIX)) return false;
    answer(exchange, pathname, searchParams)
      .catch((error: unknown) => faultAnswer(error, options.logger))
      .then((given) => respond(exchange, given))
      .catch((error: unknown) => options.logger.error({ err: error }, 'an answer could not be given'));
    return true;
  };
}

async function checkOperator({ request, refuse, refusalMs }: Exchange, token: string): Promise<void> {
  const [, given = ''] = BEARER.exec(request.headers.authorization ?? '') ?? [];
  if (tokenMatches(token, given)) return;
  const error = new StarlingError(
    'unauthorized',
    "Cannot take a request: the operator's token is missing or wrong",
  );
  refuse('unauthorized', error.message);
  await sleep(refusalMs());
  throw error;
}

async function operate(options: ApiOptions, name: OperationName, asked: Asked): Promise<Answer> {
  const { request, query } = asked;
  const host = options.host();
  const one = () => host.run(asked.run);
  switch (name) {
    case 'listRuns':
      return json({ runs: host.runs.map((run) => run.summary()) });
    case 'submitRun': {
      const known = ['name', 'paused'];
      const strange = [...query.keys()].find((key) => !known.includes(key));
      if (strange !== undefined) {
        throw new StarlingError(
          'bad-request',
          `Cannot submit a run: need ${known.join(' and ')}, got '${strange.slice(0, 100)}'`,
        );
      }
      const limits = { maxBytes: options.maxSubmissionBytes, withinMs: SUBMISSION_MS };
      const body = await readBody(request, limits);
      const wanted = query.get('name');
      const { run, isNew } = await host.submit(body, {
        ...(wanted !== null && { name: wanted }),
        paused: query.get('paused') === 'true',
      });
      return json(await run.details(), isNew ? 201 : 200);
    }
    case 'showRun':
      return json(await one().details());
    case 'pauseRun':
      await one().pause();
      return json(await one().details());
    case 'resumeRun':
      await one().resume();
      return json(await one().details());
    case 'stopRun':
      await one().stop();
      return json(await one().details());
    case 'fetchState': {
      const state = await one().state();
      if (state === null)
        throw new StarlingError('no-state', `Cannot fetch the state of run '${asked.run}': no round is done`);
      const headers = { [ROUND_HEADER]: `${state.round}`, [HASH_HEADER]: state.stateHash };
      return { status: 200, type: BYTES, body: state.bytes, headers };
    }
    case 'fetchRecord':
      return { status: 200, type: LINES, body: await one().record() };
    case 'listClients': {
      one();
      return json({ clients: options.server().clients(asked.run) });
    }
    default:
      return name satisfies never;
  }
}

function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

function faultAnswer(error: unknown, logger: Logger): Answer {
  if (error instanceof StarlingError && Object.hasOwn(faultStatus, error.code)) {
    const { code, message } = error;
    return json({ code, message: message.split('\n')[0] }, faultStatus[code as FaultCode]);
  }
  logger.error({ err: error }, 'a request could not be answered');
  return json(
    { code: 'internal', message: 'Cannot answer: the server failed on this request' },
    faultStatus.internal,
  );
}

function respond({ request, response }: Exchange, { status, type, body, headers = {} }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
    ...(status === faultStatus.unauthorized && { 'www-authenticate': 'Bearer' }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  if (request.complete) return;
  // One who is still sending reads no answer: a little of it is let pass, so that it does not find its line cut first.
  const { socket } = request;
  const timer = setTimeout(() => socket.destroySoon(), LINGER_MS);
  request.on('end', () => clearTimeout(timer));
  socket.on('close', () => clearTimeout(timer));
  request.resume();
}

/** A name with a character that is none is of no run. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
