// The sum of the clients' updates; weights do not count.
import { federatedSum } from '@starling/federated-core';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { nothing } from '../aggregator/nothing.js';

/** Adds up updates. Without any, the sum is zero. */
export function sumAggregator(): Aggregator {
  return {
    name: 'sum',
    create: (update) =>
      aggregationOf({
        name: 'sum',
        update,
        start: nothing,
        step: (state, { value }) => ({
          state,
          result: federatedSum(value),
          measurements: nothing(),
        }),
      }),
  };
}
