// Makes the identity of a run from its parts: asked for only where the run is kept.
import { seedFrom } from '@starling/federated-core';
import { PLAN_FORMAT_VERSION } from '@starling/plan';
import { stateHash } from '@starling/plan/safetensors';
import { checkCohort, everyoneSampler } from '@starling/population';
import { asynchronousSettings } from '@starling/rounds';
import type { PlainObject } from '@starling/store';
import { engineName } from '../engines/engine-name.js';
import { canonicalSettings } from '../kept/canonical-settings.js';
import type { RunIdentity } from '../kept/run-identity.js';
import { STARLING_VERSION } from '../kept/version.js';
import { toJson } from '../record/json-value.js';
import { isOfEvaluation } from './best-rule.js';
import type { CompiledRun } from './compile-run.js';
import type { ClientsEvaluation } from './evaluation.js';
import { cohortDigest } from './ledger.js';
import type { RunOptions } from './run-options.js';
import { sampleCohort } from './sample-cohort.js';

/**
 * See `RunIdentity`; `evaluationPlan` is the hash of the plan of evaluations on clients. Asks the population for its
 * fingerprint and the sampler for the first cohort; throws a `CohortError` if that is none, and as `canonicalSettings`
 * does.
 */
export async function identifyRun(
  { plan, initialize, serverInput }: CompiledRun,
  options: RunOptions,
  evaluationPlan: string | null,
): Promise<RunIdentity> {
  const { seed, settings = {}, sampler, population, runtime, engine } = options;
  const cohort = sampleCohort({ sampler, population }, seedFrom(seed), 1);
  checkCohort(cohort, population);
  return {
    plan: plan.hash,
    initialize: initialize?.hash ?? null,
    seed,
    settings: canonicalSettings(settings),
    ...(options.faults !== undefined && { faults: toJson(options.faults) as PlainObject }),
    arguments: stateHash(serverInput([])),
    engine: { server: engineName(engine), clients: runtime.engine ?? engineName(engine) },
    sampler: {
      name: sampler.name,
      cohortSize: cohort.length,
      firstCohort: cohortDigest(cohort),
    },
    ...(options.present !== undefined && { mode: 'present' as const }),
    ...(options.asynchronous !== undefined && {
      asynchronous: { ...asynchronousSettings(options.asynchronous, population.size) },
    }),
    population: await population.fingerprint(),
    ...(await identityOfEvaluation(options, evaluationPlan)),
    versions: { starling: STARLING_VERSION, planFormat: PLAN_FORMAT_VERSION },
  };
}

async function identityOfEvaluation(
  { evaluation, best }: RunOptions,
  plan: string | null,
): Promise<Pick<RunIdentity, 'evaluation' | 'best'>> {
  const every = evaluation?.every ?? 1;
  const { population, sampler = everyoneSampler() } = (evaluation ?? {}) as Partial<ClientsEvaluation>;
  const others = population === undefined ? {} : { population: await population.fingerprint() };
  return {
    ...(plan !== null && { evaluation: { plan, every, sampler: sampler.name, ...others } }),
    ...(best !== undefined && {
      best: {
        metric: best.metric,
        goal: best.goal,
        minDelta: best.minDelta ?? 0,
        every: isOfEvaluation(best) ? every : 1,
      },
    }),
  };
}
