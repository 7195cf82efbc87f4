// The sum of the clients' updates; weights do not count.
import { federatedSum } from '@starling/federated-core';
import { checkOptions } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { stateless } from '../aggregator/stateless.js';

/** Adds up updates; without any, the sum is zero. It has no options. */
export function sumAggregator(options: Readonly<Record<string, never>> = {}): Aggregator {
  checkOptions('Cannot add up updates', options, {});
  return {
    name: 'sum',
    reveals: 'sums',
    sensitivity: null,
    grows: true,
    create: (update) => stateless('sum', update, ({ value }) => federatedSum(value)),
  };
}
