// The size of cohorts, checked where a sampler meets a population; the error has the line where the sampler was made.
import { atLocation, sourceLocation } from '@starling/federated-core/plan';
import { CohortError } from './check-cohort.js';

/** A check of a population's size, which throws a `CohortError` if a cohort is larger. */
export function cohortSizeCheck(cohortSize: number): (populationSize: number) => void {
  const made = atLocation(sourceLocation());
  return (populationSize) => {
    if (cohortSize <= populationSize) return;
    if (populationSize === 0) {
      throw new CohortError(
        `Cannot sample a cohort: need a population with clients, got one without any${made}`,
      );
    }
    throw new CohortError(
      `Cannot sample a cohort: cohortSize must be from 1 to the population of ${populationSize}, got ${cohortSize}${made}`,
    );
  };
}
