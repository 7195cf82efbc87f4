// The cohorts of a run, drawn ahead of it: a sampler is code of its user's, and who has no code must be given what it
// gives. A sampler is a pure function of seed and round, so that nothing is lost, as long as it asks for no reports.
import { type Seed, StarlingError, seedFrom } from '@starling/federated-core';
import { CohortError, type CohortSampler, checkCohort, type Population } from '@starling/population';
import { cohortSeed } from '@starling/rounds';
import { sampleCohort } from '../rounds/sample-cohort.js';

export interface DrawnCohorts {
  /** Of each round: 1 up to this. */
  readonly rounds: number;
  /** Of each of these attempts at a round. */
  readonly attempts: number;
  /** Clients of each cohort: of the first attempts at all rounds, then of the second ones, and so on. */
  readonly sizes: Int32Array;
  /** The cohorts one after another. */
  readonly clients: Int32Array;
}

/**
 * Throws a `StarlingError` (`bad-submission`) for a sampler that goes by what clients report, and as `checkCohort` for
 * a cohort that is none.
 */
export function drawCohorts(
  of: { readonly sampler: CohortSampler; readonly population: Population; readonly seed: number },
  rounds: number,
  attempts: number,
): DrawnCohorts {
  const { sampler, population } = of;
  if (sampler.watches !== undefined) {
    throw new StarlingError(
      'bad-submission',
      `Cannot submit a run: its cohorts are drawn ahead, got sampler '${sampler.name}', which goes by what clients report`,
    );
  }
  const seed = seedFrom(of.seed);
  const cohorts: (readonly number[])[] = [];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    for (let round = 1; round <= rounds; round++) {
      const cohort = sampleCohort({ sampler, population }, seed, round, attempt);
      checkCohort(cohort, population);
      cohorts.push(cohort);
    }
  }
  return {
    rounds,
    attempts,
    sizes: Int32Array.from(cohorts, (cohort) => cohort.length),
    clients: Int32Array.from(cohorts.flat()),
  };
}

/** The sampler that gives them again, in a run of this seed; of any other attempt it throws a `CohortError`. */
export function drawnSampler(name: string, runSeed: number, drawn: DrawnCohorts): CohortSampler {
  const { rounds, attempts, sizes, clients } = drawn;
  const seed = seedFrom(runSeed);
  const keyOf = ([low, high]: Seed): string => `${low} ${high}`;
  const attemptOf = new Map(
    Array.from({ length: attempts }, (_, index) => [keyOf(cohortSeed(seed, index + 1)), index] as const),
  );
  const starts = new Float64Array(sizes.length + 1);
  for (const [index, size] of sizes.entries()) starts[index + 1] = starts[index]! + size;
  return {
    name,
    sample({ round, seed: asked }) {
      const attempt = attemptOf.get(keyOf(asked));
      if (attempt === undefined || round > rounds) {
        throw new CohortError(
          `Cannot ask a cohort: ${rounds} rounds of ${attempts} attempts were drawn, got round ${round}${attempt === undefined ? ' of a later attempt' : ''}`,
        );
      }
      const index = attempt * rounds + round - 1;
      return [...clients.subarray(starts[index], starts[index + 1])];
    },
  };
}
