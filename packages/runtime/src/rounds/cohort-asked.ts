// The cohort that an attempt asked which was kept: for one that is begun again, and for one that is replayed.
import type { Seed } from '@starling/federated-core';
import type { KeptAttempt } from '@starling/store';
import { clientsOf, type StepSchedule } from '../asynchronous/step-schedule.js';
import { cohortDigest, indicesOf } from './ledger.js';
import type { RunOptions } from './run-options.js';
import { sampleCohort } from './sample-cohort.js';

/**
 * By the names that were kept, or else as the sampler gives it again; `null` if that is another. `seed`: of the run.
 * `schedule`: of an asynchronous run.
 */
export function cohortAsked(
  options: Pick<RunOptions, 'sampler' | 'population'>,
  seed: Seed,
  { round, attempt, cohort }: Pick<KeptAttempt, 'round' | 'attempt' | 'cohort'>,
  schedule?: StepSchedule,
): readonly number[] | null {
  const again = () =>
    schedule === undefined
      ? sampleCohort(options, seed, round, attempt)
      : clientsOf(schedule.at({ round, attempt }));
  const drawn = cohort.clients === undefined ? again() : indicesOf(cohort.clients, options.population);
  return cohortDigest(drawn) === cohort.digest ? drawn : null;
}
