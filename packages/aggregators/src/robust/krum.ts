// Krum and Multi-Krum: Blanchard, El Mhamdi, Guerraoui, Stainer, "Machine Learning with Adversaries: Byzantine Tolerant
// Gradient Descent", NeurIPS 2017, section 4. With f of n clients faulty:
//
//   s(i) = Σ |x_i − x_j|²  over the n − f − 2 nearest j of i, at least one
//   Krum: the x_i of the least s(i);   Multi-Krum: the mean of the m with the least
import { federatedKrum } from '@starling/federated-core';
import { checkOptions, count, countOrShare, optionError } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { ruleAggregator } from './rule-aggregator.js';

export type KrumAggregatorOptions =
  | {
      /** f, how many clients may be faulty. */
      readonly faulty: number;
      readonly faultyShare?: never;
    }
  | {
      readonly faulty?: never;
      /** Which share of the clients may be faulty, from 0 to below 0.5: f is that of the cohort, rounded down. */
      readonly faultyShare: number;
    };

export type MultiKrumOptions = KrumAggregatorOptions & {
  /** m, how many of the best are averaged; by default all but f. */
  readonly keep?: number;
};

/** The update with the nearest neighbours; a weight of 0 counts for nothing, others alike. */
export function krum(options: KrumAggregatorOptions): Aggregator {
  const of = faultyOf('Cannot choose an update by Krum', options, false);
  return ruleAggregator('krum', (value, weight) => federatedKrum(value, { ...of, weight } as never));
}

/** The mean of the updates with the nearest neighbours; a weight of 0 counts for nothing, others alike. */
export function multiKrum(options: MultiKrumOptions): Aggregator {
  const of = faultyOf('Cannot choose updates by Krum', options, true);
  const { keep = 'all-but-faulty' } = options;
  return ruleAggregator('multi-krum', (value, weight) =>
    federatedKrum(value, { ...of, keep, weight } as never),
  );
}

function faultyOf(action: string, options: MultiKrumOptions, takesKeep: boolean) {
  checkOptions<object>(action, options, {
    faulty: true,
    faultyShare: true,
    ...(takesKeep && { keep: count }),
  });
  return countOrShare(options, ['faulty', 'faultyShare'], (problem) => optionError(`${action}: ${problem}`));
}
