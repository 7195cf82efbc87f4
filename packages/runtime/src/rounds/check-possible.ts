// Refuses a run whose rounds can never count, before any client is asked: every one of them would fail, one after
// another, in no time.
import type { Seed } from '@starling/federated-core';
import { roundSettings } from '@starling/rounds';
import type { RunOptions } from './run-options.js';
import { sampleCohort } from './sample-cohort.js';

/** A sampler need not draw cohorts of one size: of so many rounds the largest is looked at. */
const ROUNDS_LOOKED_AT = 20;

/** Throws a `StarlingError` with code `impossible-rounds` if no cohort has as many clients as must report. */
export function checkPossible(options: RunOptions, seed: Seed): void {
  const { minReports = 0, rounds, population } = options;
  if (minReports === 0 || rounds === 0) return;
  let cohortSize = 0;
  for (let round = 1; round <= Math.min(rounds, ROUNDS_LOOKED_AT) && cohortSize < minReports; round++) {
    const cohort = sampleCohort(options, seed, round);
    cohortSize = Math.max(cohortSize, cohort.length);
  }
  // A cohort that is no set of clients is the round's to refuse.
  if (cohortSize <= population.size) {
    roundSettings({ rounds, population: population.size, cohortSize, minReports });
  }
}
