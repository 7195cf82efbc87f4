// Cohort sampling: who takes part in a round. A pure function of round and seed.
import type { Seed } from '@starling/federated-core';

export interface CohortSampler {
  readonly name: string;
  /** Client indices of the round's cohort, without repetition, in cohort order. */
  sample(round: number, seed: Seed): readonly number[];
}
