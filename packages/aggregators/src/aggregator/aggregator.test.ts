import { localComputation, tf } from '@starling/compute';
import {
  type AggregationProcess,
  aggregationProcess,
  atClients,
  atServer,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedValue,
  float32,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { type Aggregator, aggregationOf } from './aggregator.js';
import { aggregate } from './contract.js';

const increment = localComputation({ count: float32() }, ({ count }) => tf.add(count, 1));

/** Sums without weights, and counts its rounds from 5. */
const counting: Aggregator = {
  name: 'counting',
  reveals: 'sums',
  sensitivity: null,
  create: (update: Type): AggregationProcess =>
    aggregationProcess({
      initialize: federatedComputation(null, () => federatedValue(5, 'SERVER', float32())),
      next: federatedComputation(
        { state: atServer(float32()), value: atClients(update) },
        ({ state, value }) => {
          const after = federatedMap(increment, { count: state });
          return { state: after, result: federatedSum(value), measurements: after };
        },
      ),
    }),
};

describe('aggregationOf', () => {
  test('keeps the state of an inner process, which is given no weight where it takes none', async () => {
    const outer: Aggregator = {
      name: 'outer',
      reveals: 'sums',
      sensitivity: null,
      create: (update) => {
        const inner = counting.create(update);
        return aggregationOf({
          name: 'outer',
          update,
          start: () => startOf(inner),
          step: (state, input) => stepOf(inner, state, { ...input }),
        });
      },
    };
    // 1 + 2 whatever the weights; the first round of the count from 5 is 6.
    const step = await aggregate(outer, { update: float32(), values: [1, 2], weights: [10, 20] });
    expect(step).toEqual({ state: 6, result: 3, measurements: 6 });
  });
});
