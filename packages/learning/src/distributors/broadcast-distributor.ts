// Every client of a round gets the weights as they are.
import { nothing } from '@starling/aggregators';
import { federatedBroadcast } from '@starling/federated-core';
import { type Distributor, distributionOf } from '../parts/distributor.js';

/** Sends the server's weights to the clients, without loss. */
export function broadcastDistributor(): Distributor {
  const name = 'broadcast';
  return {
    name,
    create: (weights) =>
      distributionOf({
        name,
        weights,
        start: nothing,
        step: (state, given) => ({
          state,
          result: federatedBroadcast(given.weights),
          measurements: nothing(),
        }),
      }),
  };
}
