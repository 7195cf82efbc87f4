// The coordinate-wise trimmed mean: Yin, Chen, Kannan, Bartlett, "Byzantine-Robust Distributed Learning: Towards
// Optimal Statistical Rates", ICML 2018, Definition 2. With b = ⌊β n⌋:
//
//   g_j = mean of x_1j, …, x_nj without the b least and the b greatest,   for each coordinate j
import { federatedTrimmedMean } from '@starling/federated-core';
import { checkOptions, countOrShare, optionError } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { ruleAggregator } from './rule-aggregator.js';

export type TrimmedMeanAggregatorOptions =
  | {
      /** β, the share that is cut off at each end, from 0 to below 0.5: at least that of the liars. */
      readonly share: number;
      readonly count?: never;
    }
  | {
      readonly share?: never;
      /** b, how many are cut off at each end. A cohort of 2 b or less fails its round. */
      readonly count: number;
    };

/** The mean of each coordinate without its ends; a weight of 0 counts for nothing, others alike. */
export function trimmedMean(options: TrimmedMeanAggregatorOptions): Aggregator {
  const action = 'Cannot trim updates';
  checkOptions<object>(action, options, { share: true, count: true });
  const { share, count } = countOrShare(options, ['count', 'share'], (problem) =>
    optionError(`${action}: ${problem}`),
  );
  const trim = count === undefined ? { trimShare: share! } : { trim: count };
  return ruleAggregator('trimmed mean', (value, weight) => federatedTrimmedMean(value, { ...trim, weight }));
}
