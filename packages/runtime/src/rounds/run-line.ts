// The first line of a run's record: what the run is, from its plan to the versions that it runs on.
import { inspectPlan } from '@starling/federated-core';
import { type LinkedPlan, PLAN_FORMAT_VERSION } from '@starling/plan';
import type { Fingerprint, Population } from '@starling/population';
import { asynchronousSettings } from '@starling/rounds';
import { engineName } from '../engines/engine-name.js';
import type { RunIdentity } from '../kept/run-identity.js';
import { STARLING_VERSION } from '../kept/version.js';
import { jsonFields } from '../record/json-value.js';
import type { RunLine } from '../record/record-line.js';
import type { CompiledRun } from './compile-run.js';
import type { RunOptions } from './run-options.js';

/** What only a run that has begun knows. */
export interface RunFacts {
  /** Names the run. */
  readonly id: string;
  /** Rounds done before. */
  readonly from: number;
  readonly identity: RunIdentity | null;
  /** The server's engine, in words. */
  readonly engine: string;
  /** The plan of evaluations on clients; `null` if there are none. */
  readonly evaluation: LinkedPlan | null;
}

/**
 * Asks the population for its fingerprint, unless `identity` has it: it is `null` where a client that it needs cannot
 * be loaded, since a run that is not resumed does without.
 */
export async function runLineOf(
  { plan, initialize }: CompiledRun,
  options: RunOptions,
  { id, from, identity, engine, evaluation }: RunFacts,
): Promise<RunLine> {
  const { about = {}, population, runtime, sampler, settings = {}, seed, rounds } = options;
  const server = engineName(options.engine);
  return {
    type: 'run',
    format: 1,
    id,
    federation: about.federation ?? plan.plan.name,
    description: about.description ?? '',
    headline: about.headline ?? options.headline ?? null,
    rounds,
    from,
    seed,
    settings: jsonFields(settings),
    ...(options.faults !== undefined && { faults: jsonFields(options.faults) }),
    ...(options.asynchronous !== undefined && {
      asynchronous: asynchronousSettings(options.asynchronous, population.size),
    }),
    plan: plan.hash,
    initialize: initialize?.hash ?? null,
    evaluation: evaluationOf(options, evaluation),
    best: options.best === undefined ? null : { metric: options.best.metric, goal: options.best.goal },
    ...(options.constraints !== undefined && { constraints: constraintsOf(options.constraints) }),
    sampler: sampler.name,
    population: {
      name: population.name,
      size: population.size,
      fingerprint: identity?.population ?? (await fingerprintOf(population)),
    },
    runtime: runtime.name,
    workers: about.workers ?? null,
    engine: { server, clients: runtime.engine ?? server },
    versions: {
      starling: STARLING_VERSION,
      planFormat: PLAN_FORMAT_VERSION,
      node: globalThis.process?.versions?.node ?? '',
      engine,
    },
    startedAt: about.startedAt ?? null,
    bytes: bytesOf(plan),
  };
}

function evaluationOf({ evaluation }: RunOptions, onClients: LinkedPlan | null): RunLine['evaluation'] {
  if (evaluation === undefined) return null;
  return {
    every: evaluation.every,
    plan: onClients?.hash ?? null,
    revealing: onClients !== null && inspectPlan(onClients.plan).revealing,
  };
}

function constraintsOf({
  require,
  every = 1,
  otherwise = 'fail',
}: NonNullable<RunOptions['constraints']>): NonNullable<RunLine['constraints']> {
  return { require: require.map(({ text }) => text), every, otherwise };
}

function bytesOf({ plan }: LinkedPlan): NonNullable<RunLine['bytes']> {
  const { bytesDown, bytesUp } = inspectPlan(plan);
  return { down: bytesDown, up: bytesUp };
}

async function fingerprintOf(population: Population): Promise<Fingerprint | null> {
  try {
    return await population.fingerprint();
  } catch {
    return null; // the clients that cannot be loaded are named where they are asked to work
  }
}
