// The HTTP interface of a server of many runs, as one table: what serves it, what describes it (`openapi.ts`) and what
// calls it (`remote/server-runs.ts`) go by this.
import { type Check, optionError } from '@starling/federated-core/plan';
import * as z from 'zod';
import { runDetailsSchema, runOverviewSchema, seatedClientSchema } from '../hosting/run-status.js';

/** The check of a token, as a header carries it. An error does not show what it got: it may be a secret. */
export const operatorTokenKind: Check = (action, option, value) => {
  if (typeof value === 'string' && /^[\x21-\x7e]{1,1000}$/.test(value)) return;
  const need = 'a secret of 1 to 1000 characters of ASCII that can be printed, without blanks';
  throw optionError(
    `${action}: ${option} must be ${need}, got ${typeof value === 'string' ? 'another text' : 'no text'}`,
  );
};

export const faultSchema = z.strictObject({
  code: z.string().meta({ description: 'A stable word, such as unknown-run.' }),
  message: z.string().meta({ description: 'For people.' }),
});

export const runListSchema = z.strictObject({ runs: z.array(runOverviewSchema) });
export const clientListSchema = z.strictObject({ clients: z.array(seatedClientSchema) });

/** Media types of what is not JSON. */
export const BYTES = 'application/octet-stream';
export const LINES = 'application/x-ndjson';

/** Of the answer with a state: its round, and its hash. */
export const ROUND_HEADER = 'starling-round';
export const HASH_HEADER = 'starling-state-hash';

interface Operation {
  readonly method: 'GET' | 'POST';
  /** `{run}` stands for a run's name. */
  readonly path: string;
  readonly summary: string;
  /** Parameters of the query, each text. */
  readonly query?: Readonly<Record<string, string>>;
  /** Whether it takes the bytes of a submission. */
  readonly takesBytes?: true;
  /** By status: a schema of JSON, or a media type. */
  readonly answers: Readonly<Record<number, { readonly about: string; readonly body: z.ZodType | string }>>;
  /** Codes of faults that it may answer with, besides those of all. */
  readonly faults: readonly FaultCode[];
}

/** The status of each fault. */
export const faultStatus = {
  'bad-request': 400,
  'bad-submission': 400,
  unauthorized: 401,
  'unknown-run': 404,
  'no-state': 404,
  'not-found': 404,
  'wrong-method': 405,
  'run-exists': 409,
  'run-over': 409,
  'too-big': 413,
  'too-many-runs': 429,
  internal: 500,
  'shutting-down': 503,
} as const satisfies Readonly<Record<string, number>>;
export type FaultCode = keyof typeof faultStatus;

const details = { about: 'The run, as it is now.', body: runDetailsSchema };
const change = (verb: string, summary: string): Operation => ({
  method: 'POST',
  path: `/v1/runs/{run}/${verb}`,
  summary,
  answers: { 200: details },
  faults: ['unknown-run', 'run-over'],
});

export const operations = {
  listRuns: {
    method: 'GET',
    path: '/v1/runs',
    summary: 'All runs, ended ones included, the latest first.',
    answers: { 200: { about: 'The runs.', body: runListSchema } },
    faults: [],
  },
  submitRun: {
    method: 'POST',
    path: '/v1/runs',
    summary:
      'Submits a run and begins it. The body is what writeSubmission of @starling/runtime/submission gives: plans and tensors, no code. The same bytes under the same name are the same run.',
    query: {
      name: "1 to 64 letters, digits, '-' and '_'. Default: the first 16 digits of the SHA-256 of the body.",
      paused: "'true' for a run that is to wait until it is resumed.",
    },
    takesBytes: true,
    answers: {
      200: { about: 'It was there already.', body: runDetailsSchema },
      201: { about: 'It is taken.', body: runDetailsSchema },
    },
    faults: ['bad-request', 'bad-submission', 'run-exists', 'too-big', 'too-many-runs', 'shutting-down'],
  },
  showRun: {
    method: 'GET',
    path: '/v1/runs/{run}',
    summary: 'One run: what it is, how far it has come, and what it last gave.',
    answers: { 200: details },
    faults: ['unknown-run'],
  },
  pauseRun: change('pause', 'Has it finish the round at hand, and begin no other. Its clients stay.'),
  resumeRun: change('resume', 'Lets a paused run continue, and tries the round of a failed one again.'),
  stopRun: change('stop', 'Ends it with its last commit, for good.'),
  fetchState: {
    method: 'GET',
    path: '/v1/runs/{run}/state',
    summary: `Its state after its last round, as safetensors; the headers ${ROUND_HEADER} and ${HASH_HEADER} say which.`,
    answers: { 200: { about: 'The state.', body: BYTES } },
    faults: ['unknown-run', 'no-state'],
  },
  fetchRecord: {
    method: 'GET',
    path: '/v1/runs/{run}/record',
    summary: 'Its record so far (docs/record.md), a JSON object a line.',
    answers: { 200: { about: 'The record.', body: LINES } },
    faults: ['unknown-run'],
  },
  listClients: {
    method: 'GET',
    path: '/v1/runs/{run}/clients',
    summary: 'Who is joined and ready, and who works for how long.',
    answers: { 200: { about: 'The clients, by name.', body: clientListSchema } },
    faults: ['unknown-run'],
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as readonly OperationName[];

/** As a value of the general type. */
export function operationOf(name: OperationName): Operation {
  return operations[name];
}
