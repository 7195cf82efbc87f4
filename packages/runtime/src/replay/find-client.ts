// The client of a round by its name: where it stands in the cohort that was asked.
import { StarlingError, seedFrom } from '@starling/federated-core';
import { checkCohort } from '@starling/population';
import { sampleCohort } from '../rounds/sample-cohort.js';
import type { ReplayedClient, ReplayOptions } from './replay-options.js';

/** Names that an error gives. */
const MOST_NAMES = 10;

/** The client indices of a round's cohort, in cohort order. Throws a `CohortError` if the sampler gives none. */
export function cohortOf({
  sampler,
  population,
  seed,
  round,
}: Pick<ReplayOptions, 'sampler' | 'population' | 'seed' | 'round'>): readonly number[] {
  const cohort = sampleCohort({ sampler, population }, seedFrom(seed), round);
  checkCohort(cohort, population);
  return cohort;
}

/** Throws a `StarlingError` with code `no-such-client` if it is not of the cohort. */
export function findClient(
  options: Pick<ReplayOptions, 'sampler' | 'population' | 'seed' | 'round' | 'client'>,
): ReplayedClient {
  const cohort = cohortOf(options);
  const names = cohort.map((index) => options.population.clientId(index));
  const position = names.indexOf(options.client);
  if (position >= 0) {
    return { name: options.client, index: cohort[position]!, position, cohortSize: cohort.length };
  }
  const shown = [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? ['…'] : [])].join(', ');
  throw new StarlingError(
    'no-such-client',
    `Cannot replay client '${options.client}' in round ${options.round}: need one of the ${names.length} that were asked (${shown}), got another`,
  );
}
