// A mean of updates that the server holds to a norm, whatever a client sends: Sun, Kairouz, Suresh, McMahan, "Can You
// Really Backdoor Federated Learning?", 2019, section 4, norm thresholding:
//
//   g = mean of x_i · min(1, τ / |x_i|)
import { federatedBoundedMean } from '@starling/federated-core';
import { checkOptions, kinds, numberWithin, required } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { ruleAggregator } from './rule-aggregator.js';

export interface BoundedMeanAggregatorOptions {
  /** τ, the greatest L2 norm of an update over all its tensors, above 0. */
  readonly norm: number;
  /** Whether updates count by their weight. False by default: a client says its own weight, and a liar any. */
  readonly weighted?: boolean;
}

/**
 * `clipped(meanAggregator(), { norm })` at the server: a client cannot leave it out. A weight of 0 counts for nothing.
 */
export function boundedMean(options: BoundedMeanAggregatorOptions): Aggregator {
  checkBounded('Cannot average bounded updates', options);
  const { norm, weighted = false } = options;
  return {
    ...ruleAggregator('bounded mean', (value, weight) =>
      federatedBoundedMean(value, { norm, weighted, weight }),
    ),
    sensitivity: { order: 2, bound: norm },
  };
}

export function checkBounded(action: string, options: BoundedMeanAggregatorOptions): void {
  checkOptions(action, options, { norm: required(numberWithin({ above: 0 })), weighted: kinds.flag });
}
