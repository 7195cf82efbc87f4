// A run as bytes: what a server needs to run it, and no code. Plans, arguments, cohorts and the names of clients are
// data; what is code (an evaluation by a function, constraints) stays with who submits it, and is refused unless it is
// left out by name.
import { formatType, StarlingError, type Tensor, tensor } from '@starling/federated-core';
import { encodeSafetensors } from '@starling/plan/safetensors';
import type { FederationSetup } from '../federation/federation.js';
import { jsonFields } from '../record/json-value.js';
import { isOfEvaluation } from '../rounds/best-rule.js';
import { compileRun } from '../rounds/compile-run.js';
import type { RunOptions } from '../rounds/run-options.js';
import { drawCohorts } from './drawn-cohorts.js';
import { SUBMISSION_FORMAT, type SubmissionFacts } from './submission-schema.js';

/** What of a federation is code, and can stay behind. */
export const CODE_OF_RUN = ['evaluation', 'constraints', 'best'] as const;
export type CodeOfRun = (typeof CODE_OF_RUN)[number];

export interface SubmissionOptions
  extends Pick<RunOptions, 'settings' | 'minReports' | 'maxAttempts' | 'backOffMs' | 'present'> {
  /** The federation, built. */
  readonly run: FederationSetup;
  /** Default: the plan's name. */
  readonly name?: string;
  readonly description?: string;
  /** Default: as many as the federation says. */
  readonly rounds?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Parts of the federation that are not submitted; the others that are code are refused. */
  readonly leaveOut?: readonly CodeOfRun[];
  /** What the server is asked for besides, as plain data. */
  readonly hosting?: Readonly<Record<string, unknown>>;
}

const MAX_ATTEMPTS = 5;
const BACK_OFF_MS = 1000;

/**
 * The bytes of a submission. Compiles the run, asks the population for its names and its fingerprint, and the sampler
 * for all cohorts. Throws a `StarlingError` (`bad-submission`) if some of the run is code, and as `runRounds` if it is
 * no run.
 */
export async function writeSubmission(options: SubmissionOptions): Promise<Uint8Array> {
  const { run, rounds = run.rounds, seed = 0, present, hosting = {} } = options;
  const { maxAttempts = MAX_ATTEMPTS, backOffMs = BACK_OFF_MS, minReports = 0 } = options;
  const best = checkIsData(options);
  const compiled = compileRun(run);
  const { plan, initialize } = compiled;
  const { population, sampler } = run;
  const given = compiled.serverInput([]);
  const cohorts = drawCohorts(
    { sampler, population, seed },
    // In mode `present` the first cohort alone is drawn, for its size.
    present === undefined ? rounds : Math.min(1, rounds),
    present === undefined ? maxAttempts : 1,
  );
  const headline = run.headline !== undefined && isKept(run.headline, run, options) ? run.headline : null;
  const facts: SubmissionFacts = {
    format: SUBMISSION_FORMAT,
    federation: options.name ?? plan.plan.name,
    description: options.description ?? '',
    headline,
    plan: plan.hash,
    initialize: initialize?.hash ?? null,
    finiteState: run.process?.finiteState ?? run.prepared?.finiteState ?? false,
    arguments: given.length,
    seed,
    rounds,
    settings: jsonFields(options.settings ?? {}),
    population: {
      name: population.name,
      dataType: formatType(population.dataType),
      fingerprint: { ...(await population.fingerprint()) },
    },
    sampler: sampler.name,
    cohorts: { rounds: cohorts.rounds, attempts: cohorts.attempts },
    best,
    present: present === undefined ? null : { ...present },
    minReports,
    maxAttempts,
    backOffMs,
    hosting,
  };
  const names = Array.from({ length: population.size }, (_, index) => population.clientId(index));
  const blobs = new Map([
    [plan.hash, plan.manifest],
    ...plan.blobs,
    ...(initialize === null ? [] : ([[initialize.hash, initialize.manifest], ...initialize.blobs] as const)),
  ]);
  const entries: readonly (readonly [string, Tensor])[] = [
    ['clients', bytesTensor(new TextEncoder().encode(JSON.stringify(names)))],
    ['cohortSizes', tensor('int32', [cohorts.sizes.length], cohorts.sizes)],
    ['cohorts', tensor('int32', [cohorts.clients.length], cohorts.clients)],
    ...given.map((leaf, index) => [`argument.${index}`, leaf] as const),
    ...[...blobs].map(([name, bytes]) => [name, bytesTensor(bytes)] as const),
  ];
  return encodeSafetensors(entries, { submission: JSON.stringify(facts) });
}

function bytesTensor(bytes: Uint8Array): Tensor {
  return tensor('uint8', [bytes.length], bytes);
}

/** The rule of the best state, if it is submitted. */
function checkIsData({ run, leaveOut = [] }: SubmissionOptions): SubmissionFacts['best'] {
  const refuse = (part: CodeOfRun, need: string, got: string): never => {
    const advice = `Leave it out (leaveOut: ['${part}']), and look at the result yourself`;
    throw new StarlingError('bad-submission', `Cannot submit a run: need ${need}, got ${got}. ${advice}`);
  };
  if (run.asynchronous !== undefined) {
    throw new StarlingError(
      'bad-submission',
      'Cannot submit a run: its cohorts are drawn ahead, need rounds that wait for theirs, got asynchronous ones',
    );
  }
  const isLeftOut = (part: CodeOfRun): boolean => leaveOut.includes(part);
  if (run.evaluation !== undefined && !isLeftOut('evaluation')) {
    refuse('evaluation', 'one without an evaluation, as a server runs no code of others', 'one with');
  }
  if (run.constraints !== undefined && !isLeftOut('constraints')) {
    refuse('constraints', 'one without constraints, as a server runs no code of others', 'one with');
  }
  if (run.best === undefined || isLeftOut('best')) return null;
  if (isOfEvaluation(run.best)) {
    refuse('best', 'a best state by a metric of the rounds', `one by '${run.best.metric}'`);
  }
  return { ...run.best };
}

/** Whether the headline is of something that is submitted. */
function isKept(
  headline: string,
  { evaluation }: FederationSetup,
  { leaveOut = [] }: SubmissionOptions,
): boolean {
  return (
    evaluation === undefined || !leaveOut.includes('evaluation') || !isOfEvaluation({ metric: headline })
  );
}
