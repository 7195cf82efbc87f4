// The mean of the clients' updates: the aggregation of FedAvg (McMahan et al., AISTATS 2017, Algorithm 1), where an
// update counts by its number of examples.
import { localComputation, tf } from '@starling/compute';
import { federatedMap, federatedMean, float32, type LocalComputation } from '@starling/federated-core';
import { checkOptions, kinds } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { nothing } from '../aggregator/nothing.js';

export interface MeanAggregatorOptions {
  /** Whether updates count by the weight that is sent with them (the default), or the same wherever that is above 0. */
  readonly weighted?: boolean;
}

/**
 * Averages updates. A weight of 0 counts for nothing, weighted or not. Without a client, or with a total weight of 0,
 * the round fails with an `EmptyAggregateError` and the state is kept. Throws a `RangeError` unless `weighted` is true
 * or false.
 */
export function meanAggregator(options: MeanAggregatorOptions = {}): Aggregator {
  checkOptions('Cannot average updates', options, { weighted: kinds.flag });
  const { weighted = true } = options;
  const name = weighted ? 'weighted mean' : 'mean';
  return {
    name,
    create: (update) =>
      aggregationOf({
        name,
        update,
        start: nothing,
        step: (state, { value, weight }) => ({
          state,
          result: federatedMean(value, {
            weight: weighted ? weight : federatedMap(signOfWeight, { weight }),
          }),
          measurements: nothing(),
        }),
      }),
  };
}

/** 1 where a weight is above 0, and 0 where it is 0; NaN and negative weights stay what they are, and are refused. */
const signOfWeight: LocalComputation = localComputation(
  { weight: float32() },
  ({ weight }) => tf.sign(weight),
  { name: 'sign of weight' },
);
