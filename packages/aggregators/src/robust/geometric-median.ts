// The geometric median by the smoothed Weiszfeld algorithm: Pillutla, Kakade, Harchaoui, "Robust Aggregation for
// Federated Learning", IEEE Transactions on Signal Processing 70, 2022, Algorithm 2, until nothing moves any more:
//
//   v ← Σ β_i x_i / Σ β_i,   β_i = w_i / max(ν, |v − x_i|)
import { federatedGeometricMedian } from '@starling/federated-core';
import { checkOptions, kinds, numberWithin } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { ruleAggregator } from './rule-aggregator.js';

export interface GeometricMedianAggregatorOptions {
  /** ν, the least distance that counts, in the unit of updates; 1e-6 by default. */
  readonly smoothing?: number;
  /** Whether updates count by their weight. False by default: a client says its own weight, and a liar any. */
  readonly weighted?: boolean;
}

/** The point with the least sum of distances to the updates; a weight of 0 counts for nothing. */
export function geometricMedian(options: GeometricMedianAggregatorOptions = {}): Aggregator {
  checkOptions('Cannot take a geometric median', options, {
    smoothing: numberWithin({ above: 0 }),
    weighted: kinds.flag,
  });
  const { smoothing = 1e-6, weighted = false } = options;
  return ruleAggregator('geometric median', (value, weight) =>
    federatedGeometricMedian(value, { smoothing, weighted, weight }),
  );
}
