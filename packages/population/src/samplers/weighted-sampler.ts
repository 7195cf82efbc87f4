// Clients drawn by weight, such as their number of examples: who has more takes part more often (Li, Sahu, Zaheer,
// Sanjabi, Talwalkar, Smith, "Federated Optimization in Heterogeneous Networks", MLSys 2020, Algorithm 2, there with
// repetition; a cohort here is a set).
import { deriveSeed, generator } from '@starling/federated-core';
import { checkOptions, count, describeValue, kinds, required } from '@starling/federated-core/plan';
import { type WeightTree, weightTree } from '../draws/weight-tree.js';
import { askedFor } from './asked-for.js';
import { CohortError } from './check-cohort.js';
import { notRandom } from './participation-of.js';
import type { CohortSampler } from './sampler.js';

export interface WeightedSamplerOptions {
  readonly cohortSize: number;
  /** Of each client, finite and at least 0: `population.exampleCount`, say. The same whenever it is asked. */
  readonly weightOf: (client: number) => number;
}

/**
 * Draws `cohortSize` clients one after the other, each with probability proportional to its weight among those that are
 * left. A client of weight 0 takes no part. Asks once for all weights; then a round costs what the cohort costs. A mean
 * that weights updates by examples as well counts examples twice: give it `weighted: false`. Throws a `RangeError` for
 * options out of their range; a weight that is none, or too few above 0, ends the run with a `CohortError`.
 */
export function weightedSampler(options: WeightedSamplerOptions): CohortSampler {
  checkOptions('Cannot sample by weight', options, {
    cohortSize: required(count),
    weightOf: required(kinds.callable),
  });
  const { cohortSize, weightOf } = options;
  const treeFor = treesOf(weightOf);
  return {
    name: 'weighted',
    sample: askedFor(({ round, seed, populationSize }) => {
      const tree = treeFor(populationSize);
      if (tree.positive < cohortSize) {
        throw new CohortError(
          `Cannot sample by weight: need ${cohortSize} clients of a weight above 0, got ${tree.positive}`,
        );
      }
      return tree.draw(cohortSize, generator(deriveSeed(seed, 'cohort', round)));
    }),
    participation: () => notRandom(cohortSize),
  };
}

/** The tree of a population's weights, kept from round to round. */
export function treesOf(weightOf: (client: number) => number): (populationSize: number) => WeightTree {
  let kept: { readonly size: number; readonly tree: WeightTree } | undefined;
  return (size) => {
    if (kept?.size !== size)
      kept = { size, tree: weightTree(size, (client) => checked(weightOf(client), client)) };
    return kept.tree;
  };
}

function checked(weight: number, client: number): number {
  if (Number.isFinite(weight) && weight >= 0) return weight;
  throw new CohortError(
    `Cannot sample by weight: need a finite weight >= 0, got ${describeValue(weight)} for client ${client}`,
  );
}
