// A uniform sample of the clients' updates, for a look at what clients send: reservoir sampling (Vitter, "Random
// Sampling with a Reservoir", ACM TOMS 1985) by the ranks that clients draw, so that it is the same in any order.
import { federatedSample } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { stateless } from '../aggregator/stateless.js';

export interface ReservoirSampleOptions {
  /** How many updates at most. */
  readonly size: number;
}

/**
 * The updates of at most `size` clients, drawn uniformly, as a sequence in cohort order; weights do not count. It is
 * revealing. Throws a `RangeError` unless `size` is a whole number from 1.
 */
export function reservoirSample(options: ReservoirSampleOptions): Aggregator {
  checkOptions('Cannot sample updates', options, { size: required(count) });
  const { size: maxSamples } = options;
  const name = 'reservoir sample';
  return {
    name,
    reveals: 'sample',
    sensitivity: null,
    create: (update) =>
      stateless(name, update, ({ value }) => federatedSample(value, { maxSamples }) as never),
  };
}
