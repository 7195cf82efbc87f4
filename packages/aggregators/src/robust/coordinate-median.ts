// The coordinate-wise median: Yin, Chen, Kannan, Bartlett, "Byzantine-Robust Distributed Learning: Towards Optimal
// Statistical Rates", ICML 2018, Definition 1:
//
//   g_j = median { x_1j, …, x_nj },   for each coordinate j
import { federatedMedian } from '@starling/federated-core';
import { checkOptions } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { ruleAggregator } from './rule-aggregator.js';

/** The median of each coordinate; a weight of 0 counts for nothing, others alike. It has no options. */
export function coordinateMedian(options: Readonly<Record<string, never>> = {}): Aggregator {
  checkOptions('Cannot take medians of updates', options, {});
  return ruleAggregator('coordinate median', (value, weight) => federatedMedian(value, { weight }));
}
