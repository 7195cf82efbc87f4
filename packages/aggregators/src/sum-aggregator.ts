// The sum of the clients' updates; weights do not count.
import { federatedSum } from '@starling/federated-core';
import { type Aggregator, aggregationProcess } from './aggregation-process.js';
import { nothing } from './nothing.js';

/** Adds up updates. Without any, the sum is zero. */
export function sumAggregator(): Aggregator {
  return {
    name: 'sum',
    create: (update) =>
      aggregationProcess('sum', update, nothing, (state, value) => ({
        state,
        result: federatedSum(value),
        measurements: nothing(),
      })),
  };
}
