// Clients that the model fits worst: of some candidates, those with the greatest loss (Cho, Wang, Joshi, "Towards
// Understanding Biased Client Selection in Federated Learning", AISTATS 2022: power of choice, in the variant rpow-d,
// which goes by the losses that clients last reported).
import { deriveSeed, generator } from '@starling/federated-core';
import { checkOptions, count, kinds, optionError, required } from '@starling/federated-core/plan';
import { askedFor } from './asked-for.js';
import { CohortError } from './check-cohort.js';
import { cohortSizeCheck } from './cohort-size.js';
import type { LastReports } from './last-reports.js';
import { notRandom } from './participation-of.js';
import type { CohortSampler } from './sampler.js';
import { treesOf } from './weighted-sampler.js';

const ACTION = 'Cannot sample by power of choice';

export interface PowerOfChoiceSamplerOptions {
  readonly cohortSize: number;
  /** Clients that are compared, d in the paper: from `cohortSize`, which makes no choice, to the population. */
  readonly candidates: number;
  /** The metric that has each client's loss: see `CohortSampler.watches`. */
  readonly watches: string;
  /**
   * Weights by which candidates are drawn, the paper's shares of the data: `population.exampleCount`, say. Default: all
   * alike.
   */
  readonly weightOf?: (client: number) => number;
}

/**
 * Draws `candidates` clients without repetition, and takes the `cohortSize` of the greatest last loss, the greatest
 * first. Who has reported none yet comes before all that have; among equals the order of the draw decides. From the
 * second round on it needs `lastReports`: a run that does not keep them ends with a `CohortError`. Throws a
 * `RangeError` for options out of their range, and as `weightedSampler` does.
 */
export function powerOfChoiceSampler(options: PowerOfChoiceSamplerOptions): CohortSampler {
  checkOptions(ACTION, options, {
    cohortSize: required(count),
    candidates: required(count),
    watches: required(kinds.text),
    weightOf: kinds.callable,
  });
  const { cohortSize, candidates, watches, weightOf = () => 1 } = options;
  if (candidates < cohortSize) {
    throw optionError(`${ACTION}: candidates must be at least cohortSize, ${cohortSize}, got ${candidates}`);
  }
  const treeFor = treesOf(weightOf);
  const checkSize = cohortSizeCheck(cohortSize);
  return {
    name: 'power-of-choice',
    watches,
    sample: askedFor(({ round, seed, populationSize, lastReports }) => {
      checkSize(populationSize);
      if (round > 1 && lastReports === undefined) {
        throw new CohortError(
          `${ACTION}: need what clients last reported of '${watches}', got a run that does not keep it`,
        );
      }
      const tree = treeFor(populationSize);
      if (tree.positive < cohortSize) {
        throw new CohortError(
          `${ACTION}: need ${cohortSize} clients of a weight above 0, got ${tree.positive}`,
        );
      }
      const drawn = tree.draw(
        Math.min(candidates, tree.positive),
        generator(deriveSeed(seed, 'cohort', round)),
      );
      return byLoss(drawn, lastReports).slice(0, cohortSize);
    }),
    participation: () => notRandom(cohortSize),
  };
}

/** The greatest loss first, unknown ones and NaN before all. */
function byLoss(clients: readonly number[], reports: LastReports | undefined): readonly number[] {
  const lossOf = (client: number): number => {
    const value = reports?.of(client)?.value ?? Number.NaN;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  const losses = clients.map((client, place) => ({ client, place, loss: lossOf(client) }));
  losses.sort((one, other) =>
    one.loss === other.loss ? one.place - other.place : one.loss > other.loss ? -1 : 1,
  );
  return losses.map(({ client }) => client);
}
