// Poisson sampling: in each round every client takes part by itself with the same probability. What accountants of
// privacy assume (Abadi, Chu, Goodfellow, McMahan, Mironov, Talwar, Zhang, "Deep Learning with Differential Privacy",
// CCS 2016; McMahan, Ramage, Talwar, Zhang, "Learning Differentially Private Recurrent Language Models", ICLR 2018,
// Algorithm 1).
import { deriveSeed, generator } from '@starling/federated-core';
import { checkOptions, describeValue, numberWithin, optionError } from '@starling/federated-core/plan';
import { askedFor } from './asked-for.js';
import { CohortError } from './check-cohort.js';
import type { CohortSampler } from './sampler.js';

const ACTION = 'Cannot sample by Poisson';

/** One of the two. */
export interface PoissonSamplerOptions {
  /** Of each client in each round: q, above 0 and at most 1. */
  readonly probability?: number;
  /** Clients of a round on average, above 0: q is that divided by the population's size. */
  readonly expectedCohortSize?: number;
}

/**
 * Each client takes part with probability q, independently of all others and of other rounds; the cohort is in the
 * order of the clients. Its size is random, and may be 0: then the round is one of no client. Time and memory grow with
 * the cohort. Throws a `RangeError` unless one of the options is given and in its range; an expected cohort larger than
 * the population ends the run with a `CohortError`.
 */
export function poissonSampler(options: PoissonSamplerOptions): CohortSampler {
  checkOptions(ACTION, options, {
    probability: numberWithin({ above: 0, to: 1 }),
    expectedCohortSize: numberWithin({ above: 0 }),
  });
  const { probability, expectedCohortSize } = options;
  if ((probability === undefined) === (expectedCohortSize === undefined)) {
    const got = probability === undefined ? 'neither' : describeValue(probability);
    throw optionError(
      `${ACTION}: need probability or expectedCohortSize, got ${got}${probability === undefined ? '' : ` and ${expectedCohortSize}`}`,
    );
  }
  const probabilityIn = (populationSize: number): number =>
    probability ?? (expectedCohortSize as number) / populationSize;
  return {
    name: 'poisson',
    sample: askedFor(({ round, seed, populationSize }) => {
      const q = probabilityIn(populationSize);
      if (q > 1) {
        throw new CohortError(
          `${ACTION}: expectedCohortSize must be at most the population of ${populationSize}, got ${expectedCohortSize}`,
        );
      }
      const random = generator(deriveSeed(seed, 'cohort', round));
      // How many clients stay away before the next takes part is geometric: one draw for each that does.
      const scale = Math.log1p(-q);
      const cohort: number[] = [];
      for (let client = -1; ; ) {
        client += 1 + Math.floor(Math.log(1 - random.uniform()) / scale);
        if (!(client < populationSize)) return cohort;
        cohort.push(client);
      }
    }),
    participation: (populationSize) => {
      const q = Math.min(1, probabilityIn(populationSize));
      const expected = q * populationSize;
      return { scheme: 'poisson', probability: q, expectedCohortSize: expected, minRoundsBetween: 1 };
    },
  };
}
