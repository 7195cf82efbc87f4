// The cohort of a round. Whoever draws it, the round itself or what looks ahead or back at it, draws it here, so that all
// mean the same clients.
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
