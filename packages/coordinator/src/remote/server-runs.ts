// The runs of a server, from a program elsewhere: the HTTP interface as functions, and each answer checked.
import { StarlingError, type Tensor } from '@starling/federated-core';
import { checkOptions, kinds, ofKind, required } from '@starling/federated-core/plan';
import { decodeSafetensors, stateHash } from '@starling/plan/safetensors';
import { type SubmissionOptions, writeSubmission } from '@starling/runtime/submission';
import type * as z from 'zod';
import {
  clientListSchema,
  faultSchema,
  HASH_HEADER,
  type OperationName,
  operationOf,
  operatorTokenKind,
  ROUND_HEADER,
  runListSchema,
} from '../api/operations.js';
import type { Hosting } from '../hosting/hosting-options.js';
import {
  type RunDetails,
  type RunOverview,
  runDetailsSchema,
  type SeatedClient,
} from '../hosting/run-status.js';

export interface ServerRunsOptions {
  /** The server's: `https://` or `http://`, or as clients have it, `wss://` or `ws://`. */
  readonly url: string;
  /** The operator's secret. */
  readonly token: string;
  /** Breaks off what is asked for. */
  readonly signal?: AbortSignal;
}

export interface SubmittedRun extends Omit<SubmissionOptions, 'hosting'> {
  /** How the server is to wait for clients, and what to take of them; as the options of `runCoordinator`. */
  readonly hosting?: Hosting;
  /** 1 to 64 letters, digits, `-` and `_`. Default: made of what is submitted, so that the same is submitted once. */
  readonly as?: string;
  /** Whether it waits until it is resumed. Default: no. */
  readonly paused?: boolean;
}

/** A state as a server has it. */
export interface FetchedState {
  /** After which round. */
  readonly round: number;
  /** See `stateHash`; checked against the tensors. */
  readonly stateHash: string;
  /** By name, in the order of the state's leaves. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The file, as safetensors. */
  readonly bytes: Uint8Array;
}

/** Each throws a `StarlingError` with the code of the server's fault, or `server-unreachable`. */
export interface ServerRuns {
  list(): Promise<readonly RunOverview[]>;
  /** Compiles the run here and submits what it becomes: see `writeSubmission`, whose errors it throws. */
  submit(run: SubmittedRun): Promise<RunDetails>;
  /** The same of bytes that `writeSubmission` gave. */
  submitBytes(bytes: Uint8Array, how?: Pick<SubmittedRun, 'as' | 'paused'>): Promise<RunDetails>;
  show(run: string): Promise<RunDetails>;
  pause(run: string): Promise<RunDetails>;
  resume(run: string): Promise<RunDetails>;
  stop(run: string): Promise<RunDetails>;
  /** The state after its last round so far. */
  state(run: string): Promise<FetchedState>;
  /** Its record so far, a JSON object a line. */
  record(run: string): Promise<string>;
  /** Who is joined and ready. */
  clients(run: string): Promise<readonly SeatedClient[]>;
}

const MAX_HEADER_BYTES = 64 << 20;

/** Connects at the first call. Throws a `RangeError` for an option of another kind. */
export function serverRuns(options: ServerRunsOptions): ServerRuns {
  checkOptions('Cannot reach a server', options, {
    url: required(urlKind),
    token: required(operatorTokenKind),
    signal: kinds.abortSignal,
  });
  const base = options.url.replace(/^ws/, 'http').replace(/\/+$/, '');

  async function call(
    name: OperationName,
    run = '',
    more: { readonly query?: URLSearchParams; readonly body?: Uint8Array } = {},
  ): Promise<Response> {
    const { method, path } = operationOf(name);
    const query = more.query === undefined || more.query.size === 0 ? '' : `?${more.query}`;
    const url = `${base}${path.replace('{run}', encodeURIComponent(run))}${query}`;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${options.token}` },
        ...(more.body !== undefined && { body: more.body as Uint8Array<ArrayBuffer> }),
        ...(options.signal !== undefined && { signal: options.signal }),
      });
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      const { cause: why = cause } = cause as { readonly cause?: Error };
      throw new StarlingError(
        'server-unreachable',
        `Cannot reach the server at ${base}: ${(why as Error).message}`,
        { cause },
      );
    }
    if (response.ok) return response;
    const fault = faultSchema.safeParse(await response.json().catch(() => null));
    if (fault.success) throw new StarlingError(fault.data.code, fault.data.message);
    throw new StarlingError(
      'not-a-server',
      `Cannot use the server at ${base}: it answers ${response.status}, and not as a server of runs`,
    );
  }
  async function json<S extends z.ZodType>(schema: S, answer: Promise<Response>): Promise<z.output<S>> {
    const parsed = schema.safeParse(await (await answer).json().catch(() => null));
    if (parsed.success) return parsed.data;
    throw new StarlingError(
      'not-a-server',
      `Cannot use the server at ${base}: its answer is not one of a server of runs`,
    );
  }
  const details = (name: OperationName) => (run: string) => json(runDetailsSchema, call(name, run));
  function submitBytes(bytes: Uint8Array, { as, paused = false }: Pick<SubmittedRun, 'as' | 'paused'> = {}) {
    const query = new URLSearchParams({
      ...(as !== undefined && { name: as }),
      ...(paused && { paused: 'true' }),
    });
    return json(runDetailsSchema, call('submitRun', '', { query, body: bytes }));
  }

  return {
    list: async () => (await json(runListSchema, call('listRuns'))).runs,
    submit: async ({ as, paused, ...run }) =>
      submitBytes(await writeSubmission(run), {
        ...(as !== undefined && { as }),
        ...(paused !== undefined && { paused }),
      }),
    submitBytes,
    show: details('showRun'),
    pause: details('pauseRun'),
    resume: details('resumeRun'),
    stop: details('stopRun'),
    async state(run) {
      const response = await call('fetchState', run);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return stateIn(bytes, response.headers);
    },
    record: async (run) => (await call('fetchRecord', run)).text(),
    clients: async (run) => (await json(clientListSchema, call('listClients', run))).clients,
  };
}

function stateIn(bytes: Uint8Array, headers: Headers): FetchedState {
  const round = Number(headers.get(ROUND_HEADER));
  const hash = headers.get(HASH_HEADER);
  const { tensors, metadata } = decodeSafetensors(bytes, { maxHeaderBytes: MAX_HEADER_BYTES });
  const names = JSON.parse(metadata['leaves'] ?? '[]') as readonly string[];
  const ordered = new Map(names.map((name) => [name, tensors.get(name)!]));
  const got = stateHash([...ordered.values()]);
  if (hash === got) return { round, stateHash: got, tensors: ordered, bytes };
  throw new StarlingError('not-a-server', `Cannot take a state: need one of hash ${hash}, got ${got}`);
}

const urlKind = ofKind({
  need: 'a URL that begins with https://, http://, wss:// or ws://',
  fits: (value) => typeof value === 'string' && /^(https?|wss?):\/\/./.test(value),
});
