// Cohort sampling: who takes part in a round. A pure function of the round, a seed, the population's size and what
// clients have reported.
import type { Seed } from '@starling/federated-core';
import type { LastReports } from './last-reports.js';

/** What a cohort is drawn for. */
export interface CohortRequest {
  /** From 1. */
  readonly round: number;
  /** The same in all rounds of a run. */
  readonly seed: Seed;
  /** How many clients there are: that of the run's population. */
  readonly populationSize: number;
  /**
   * What clients have reported in the rounds before, for a sampler that asks for it by `watches`. Absent where a run
   * does not keep it.
   */
  readonly lastReports?: LastReports;
}

/** How likely a client is to take part: what an accountant of privacy may count on, as data. */
export interface Participation {
  /**
   * - `poisson`: in each round every client takes part by itself, with at most this probability;
   * - `fixed-size`: in each round all cohorts of `expectedCohortSize` clients are equally likely;
   * - `none`: who takes part follows from something else, so that no privacy comes from sampling.
   */
  readonly scheme: 'poisson' | 'fixed-size' | 'none';
  /** Of a client in a round, at most: q, above 0 and at most 1. Always 1 for `none`. */
  readonly probability: number;
  /** Clients of a round, on average or at most. */
  readonly expectedCohortSize: number;
  /** Rounds from one that a client takes part in to the next, at least: 1 unless the sampler sees to more. */
  readonly minRoundsBetween: number;
}

export interface CohortSampler {
  readonly name: string;
  /**
   * Client indices of the round's cohort, in cohort order: an array of different whole numbers from 0 to below
   * `populationSize`. Any other cohort ends the run (`bad-cohort`, see `checkCohort`), and so does a `CohortError` that
   * it throws. It may be empty: then the round is one of no client.
   */
  sample(request: CohortRequest): readonly number[];
  /** What is known of who takes part, in a population of this size. Absent: nothing. */
  participation?(populationSize: number): Participation;
  /**
   * The metric that `lastReports` are of: one number for each client that counted, in cohort order, as
   * `federatedCollect` gives them. The server sees numbers of single clients then.
   */
  readonly watches?: string;
}
