// The mean of the clients' updates: the aggregation of FedAvg (McMahan et al., AISTATS 2017, Algorithm 1), where an
// update counts by its number of examples.
import { checkChoice, federatedMean } from '@starling/federated-core';
import { type Aggregator, aggregationOf } from './aggregator.js';
import { nothing } from './nothing.js';

export interface MeanAggregatorOptions {
  /** Whether updates count by the weight that is sent with them (the default) or all the same. */
  readonly weighted?: boolean;
}

/**
 * Averages updates. Without a client, or with a total weight of 0, the round fails with an `EmptyAggregateError` and
 * the state is kept. Throws a `RangeError` unless `weighted` is true or false.
 */
export function meanAggregator({ weighted = true }: MeanAggregatorOptions = {}): Aggregator {
  checkChoice('Cannot average updates', 'weighted', weighted, [true, false]);
  const name = weighted ? 'weighted mean' : 'mean';
  return {
    name,
    create: (update) =>
      aggregationOf(name, update, nothing, (state, { value, weight }) => ({
        state,
        result: weighted ? federatedMean(value, weight) : federatedMean(value),
        measurements: nothing(),
      })),
  };
}
