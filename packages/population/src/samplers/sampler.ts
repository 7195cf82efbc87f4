// Cohort sampling: who takes part in a round. A pure function of the round, a seed and the population's size.
import type { Seed } from '@starling/federated-core';

/** What a cohort is drawn for. */
export interface CohortRequest {
  /** From 1. */
  readonly round: number;
  /** The same in all rounds of a run. */
  readonly seed: Seed;
  /** How many clients there are: that of the run's population. */
  readonly populationSize: number;
}

export interface CohortSampler {
  readonly name: string;
  /**
   * Client indices of the round's cohort, in cohort order: an array of different whole numbers from 0 to below
   * `populationSize`. Any other cohort ends the run (`bad-cohort`, see `checkCohort`), and so does a `CohortError` that
   * it throws.
   */
  sample(request: CohortRequest): readonly number[];
}
