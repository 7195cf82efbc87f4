// The size of cohorts, checked where a sampler is made and where it meets a population.
import { CohortError } from './check-cohort.js';

/** Throws a `CohortError` if a cohort is larger than the population. */
export function checkCohortSize(cohortSize: number, populationSize: number): void {
  if (cohortSize <= populationSize) return;
  throw new CohortError(
    `Cannot sample a cohort: cohortSize must be from 1 to the population of ${populationSize}, got ${cohortSize}`,
  );
}
