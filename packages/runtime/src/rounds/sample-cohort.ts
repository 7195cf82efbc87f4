// The cohort of a round. The round itself draws it here, and all that looks ahead or back at it, so that they mean the
// same clients.
import type { Seed } from '@starling/federated-core';
import { cohortSeed } from '@starling/rounds';
import type { RunOptions } from './run-options.js';

/** Client indices in cohort order, as the sampler gives them: not checked. `seed` is the run's. */
export function sampleCohort(
  { sampler, population }: Pick<RunOptions, 'sampler' | 'population'>,
  seed: Seed,
  round: number,
): readonly number[] {
  return sampler.sample({ round, seed: cohortSeed(seed, 1), populationSize: population.size });
}
