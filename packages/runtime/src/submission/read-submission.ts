// From the bytes of a submission to a run: everything is checked before it is used, since they may come from anyone who
// is let in. What is made of them is plans and numbers; nothing of it is code.
import { StarlingError, type Tensor } from '@starling/federated-core';
import { parseType } from '@starling/federated-core/plan';
import { decodePlan, type LinkedPlan } from '@starling/plan';
import { decodeSafetensors } from '@starling/plan/safetensors';
import type { Population } from '@starling/population';
import type { FederationSetup } from '../federation/federation.js';
import { compileRun } from '../rounds/compile-run.js';
import type { RunOptions } from '../rounds/run-options.js';
import { type DrawnCohorts, drawnSampler } from './drawn-cohorts.js';
import { type SubmissionFacts, submissionSchema } from './submission-schema.js';

export interface Submission {
  readonly facts: SubmissionFacts;
  /** The run, with a population that has names and no data. */
  readonly run: FederationSetup;
  /** What else it asks of the round loop. */
  readonly options: Pick<
    RunOptions,
    'settings' | 'minReports' | 'maxAttempts' | 'backOffMs' | 'present' | 'about'
  > & { readonly rounds: number; readonly seed: number };
}

/** Names and blobs make headers long: a plan of 512 graphs has 50 KiB, and a submission no more than ten times that. */
const MAX_HEADER_BYTES = 16 << 20;
const MAX_NAME = 200;

/** Throws a `StarlingError` with code `bad-submission` for anything but what `writeSubmission` gives. */
export function readSubmission(bytes: Uint8Array): Submission {
  try {
    return read(bytes);
  } catch (cause) {
    if (cause instanceof StarlingError && cause.code === 'bad-submission') throw cause;
    if (!(cause instanceof Error)) throw cause;
    throw bad(cause.message.split('\n')[0]!, cause);
  }
}

function read(bytes: Uint8Array): Submission {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxHeaderBytes: MAX_HEADER_BYTES });
  const facts = factsIn(metadata);
  const need = (name: string, dtype: Tensor['dtype']): Tensor => {
    const found = tensors.get(name);
    if (found?.dtype === dtype && found.shape.length === 1) return found;
    throw bad(`need a ${dtype} vector '${name}', got ${found === undefined ? 'none' : found.dtype}`);
  };
  const blobs = new Map(
    [...tensors].flatMap(([name, { dtype, data }]) =>
      /^[0-9a-f]{64}$/.test(name) && dtype === 'uint8' ? [[name, data as Uint8Array] as const] : [],
    ),
  );
  const planOf = (hash: string): LinkedPlan => {
    const manifest = blobs.get(hash);
    if (manifest === undefined) throw bad(`need the manifest of plan ${hash}, got none`);
    const plan = decodePlan(manifest, blobs);
    if (plan.hash !== hash) throw bad(`need the manifest of plan ${hash}, got that of ${plan.hash}`);
    return { ...plan, blobs: blobsOf(plan, blobs) };
  };
  const names = namesIn(need('clients', 'uint8').data as Uint8Array);
  const cohorts: DrawnCohorts = {
    ...facts.cohorts,
    sizes: need('cohortSizes', 'int32').data as Int32Array,
    clients: need('cohorts', 'int32').data as Int32Array,
  };
  checkCohorts(cohorts, names.length);
  const given = Array.from({ length: facts.arguments }, (_, index) => {
    const leaf = tensors.get(`argument.${index}`);
    if (leaf !== undefined) return leaf;
    throw bad(`need ${facts.arguments} leaves of arguments, got none at ${index}`);
  });
  const { seed, rounds, best, headline, present, minReports, maxAttempts, backOffMs } = facts;
  const prepared = {
    plan: planOf(facts.plan),
    initialize: facts.initialize === null ? null : planOf(facts.initialize),
    arguments: given,
    finiteState: facts.finiteState,
  };
  compileRun({ prepared }); // throws if its parts do not belong together
  return {
    facts,
    run: {
      prepared,
      population: namedPopulation(facts.population, names),
      sampler: drawnSampler(facts.sampler, seed, cohorts),
      rounds,
      ...(best !== null && { best }),
      ...(headline !== null && { headline }),
    },
    options: {
      ...{ seed, rounds, minReports, maxAttempts, backOffMs, settings: facts.settings },
      ...(present !== null && { present }),
      about: { federation: facts.federation, description: facts.description },
    },
  };
}

/** Those that the plan names, so that none is offered under the hash of another plan. */
function blobsOf({ manifest }: LinkedPlan, all: ReadonlyMap<string, Uint8Array>): LinkedPlan['blobs'] {
  const text = new TextDecoder().decode(manifest);
  return new Map([...all].filter(([hash]) => text.includes(hash)));
}

function factsIn({ submission }: Readonly<Record<string, string>>): SubmissionFacts {
  let json: unknown;
  try {
    json = JSON.parse(submission ?? '');
  } catch (cause) {
    throw bad(`need 'submission' in its metadata, as JSON`, cause);
  }
  const parsed = submissionSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw bad(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, parsed.error);
}

function namesIn(bytes: Uint8Array): readonly string[] {
  const names: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  const isName = (name: unknown): boolean =>
    typeof name === 'string' && name.length > 0 && name.length <= MAX_NAME;
  if (Array.isArray(names) && names.every(isName) && new Set(names).size === names.length) return names;
  throw bad(`need the names of clients, 1 to ${MAX_NAME} characters each, and each once`);
}

function checkCohorts({ rounds, attempts, sizes, clients }: DrawnCohorts, population: number): void {
  if (sizes.length !== rounds * attempts) {
    throw bad(`need a cohort for each of ${attempts} attempts at ${rounds} rounds, got ${sizes.length}`);
  }
  const total = sizes.reduce((sum, size) => (size < 0 ? Number.NaN : sum + size), 0);
  if (total !== clients.length) throw bad(`need cohorts of ${total} clients in all, got ${clients.length}`);
  const stranger = clients.find((client) => client < 0 || client >= population);
  if (stranger !== undefined) throw bad(`need clients from 0 to ${population - 1}, got ${stranger}`);
}

function namedPopulation(
  { name, dataType, fingerprint }: SubmissionFacts['population'],
  names: readonly string[],
): Population {
  return {
    name,
    size: names.length,
    dataType: parseType(dataType),
    dataAtHand: false,
    clientId: (index) => names[index]!,
    exampleCount: () => 0,
    load(index) {
      throw new StarlingError(
        'bad-run',
        `Cannot load client '${names[index]}': its data is with the client, and not where the run was submitted to`,
      );
    },
    fingerprint: () => fingerprint,
  };
}

function bad(problem: string, cause?: unknown): StarlingError {
  return new StarlingError('bad-submission', `Cannot read a submission: ${problem}`, { cause });
}
