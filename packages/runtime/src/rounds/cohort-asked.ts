// The cohort that an attempt asked which was kept: for one that is begun again, and for one that is replayed.
import type { Seed } from '@starling/federated-core';
import type { KeptAttempt } from '@starling/store';
import { clientsOf, type Steps } from '../asynchronous/steps.js';
import { cohortDigest, indicesOf } from './ledger.js';
import type { RunOptions } from './run-options.js';
import { sampleCohort } from './sample-cohort.js';

/**
 * By the names that were kept, or else as the sampler gives it again; `null` if that is another. `seed`: of the run.
 * `steps`: of an asynchronous run.
 */
export function cohortAsked(
  options: Pick<RunOptions, 'sampler' | 'population'>,
  seed: Seed,
  { round, attempt, cohort }: Pick<KeptAttempt, 'round' | 'attempt' | 'cohort'>,
  steps?: Steps,
): readonly number[] | null {
  const again = (): readonly number[] | null => {
    if (steps === undefined) return sampleCohort(options, seed, round, attempt);
    const step = steps.at({ round, attempt });
    return step === null ? null : clientsOf(step);
  };
  const drawn = cohort.clients === undefined ? again() : indicesOf(cohort.clients, options.population);
  return drawn !== null && cohortDigest(drawn) === cohort.digest ? drawn : null;
}
