// What the machine of a run is set to; a run whose rounds can never count is refused here, before any client is asked:
// every one of them would fail, one after another, in no time.
import type { Seed } from '@starling/federated-core';
import { asynchronousSettings, type RoundSettings, roundSettings } from '@starling/rounds';
import type { RunOptions } from './run-options.js';
import { sampleCohort } from './sample-cohort.js';

/** A sampler need not draw cohorts of one size: of so many rounds the largest is looked at. */
const ROUNDS_LOOKED_AT = 20;

/** Throws a `StarlingError` with code `impossible-rounds` if no cohort has as many clients as must report. */
export function runSettings(options: RunOptions, seed: Seed): RoundSettings {
  const { minReports = 0, rounds, population, present, maxAttempts, backOffMs, storeRetries } = options;
  return roundSettings({
    rounds,
    population: population.size,
    ...(present !== undefined && { mode: 'present', ...present }),
    cohortSize: largestCohort(options, seed),
    minReports: rounds === 0 ? 0 : minReports,
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(backOffMs !== undefined && { backOffMs }),
    ...(storeRetries !== undefined && { storeRetries }),
  });
}

/** As far as it matters: of a run that needs no reports all cohorts are large enough. */
function largestCohort(options: RunOptions, seed: Seed): number {
  const { minReports = 0, rounds, population, present, asynchronous, sampler } = options;
  if (asynchronous !== undefined) return asynchronousSettings(asynchronous, population.size).buffer;
  // In mode `present` the first cohort of the sampler says how many reports end a round.
  if (present !== undefined) return sampleCohort(options, seed, 1).length;
  let largest = 0;
  // What a sampler watches is not known of later rounds.
  const last = Math.min(rounds, sampler.watches === undefined ? ROUNDS_LOOKED_AT : 1);
  for (let round = 1; round <= last && largest < minReports; round++) {
    largest = Math.max(largest, sampleCohort(options, seed, round).length);
  }
  return Math.min(largest, population.size); // a cohort that is no set of clients is the round's to refuse
}
