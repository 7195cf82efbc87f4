// Cohort sampling: who takes part in a round. A pure function of round and seed.
import type { Seed } from '@starling/federated-core';

export interface CohortSampler {
  readonly name: string;
  /**
   * Client indices of the round's cohort, in cohort order: an array of different whole numbers from 0 to below the
   * population's size. Any other cohort ends the run (`bad-cohort`, see `checkCohort`).
   */
  sample(round: number, seed: Seed): readonly number[];
}
