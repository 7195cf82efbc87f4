// The cohort of a round. The round itself draws it here, and all that looks ahead or back at it, so that they mean the
// same clients.
import type { Seed } from '@starling/federated-core';
import type { LastReports } from '@starling/population';
import { cohortSeed } from '@starling/rounds';
import { slipIn } from '../runtime/slips.js';
import type { RunOptions } from './run-options.js';

/**
 * Of the first attempt at a round, or a further one: client indices in cohort order, as the sampler gives them, not
 * checked. `seed` is the run's.
 */
export function sampleCohort(
  asked: Pick<RunOptions, 'sampler' | 'population'>,
  seed: Seed,
  round: number,
  attempt = 1,
): readonly number[] {
  return drawCohort(asked, cohortSeed(seed, attempt), round);
}

/** The same, where the seed of the attempt's cohort is known. `lastReports`: of a sampler that watches a metric. */
export function drawCohort(
  { sampler, population }: Pick<RunOptions, 'sampler' | 'population'>,
  seed: Seed,
  round: number,
  lastReports?: LastReports,
): readonly number[] {
  const request = {
    round,
    seed,
    populationSize: population.size,
    ...(lastReports !== undefined && { lastReports }),
  };
  try {
    return sampler.sample(request);
  } catch (cause) {
    throw slipIn(cause, `Cannot sample the cohort of round ${round}`, ['round', 'seed', 'populationSize']);
  }
}
