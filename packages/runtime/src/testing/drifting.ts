// A process whose clients pull the state toward what they hold, as tests of asynchronous rounds run it: its states
// follow from who is in which step, and how stale, by a few lines of arithmetic.
import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  deriveSeed,
  federatedBroadcast,
  federatedComputation,
  federatedDiscountedMean,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  float32,
  generator,
  int32,
  iterativeProcess,
  seedFrom,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RunOptions } from '../rounds/run-options.js';

const pull = localComputation({ value: float32(), state: float32() }, ({ value, state }) =>
  tf.sub(value, state),
);
const move = localComputation({ state: float32(), by: float32() }, ({ state, by }) => tf.add(state, by));

/** From the state s that it was given, a client of value x sends x − s; the state moves by the discounted mean. */
export const drifting = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), value: atClients(float32()) },
    ({ state, value }) => {
      const pulled = federatedMap(pull, { value, state: federatedBroadcast(state) });
      return {
        state: federatedMap(move, { state, by: federatedDiscountedMean(pulled) }),
        metrics: federatedZip({ clients: federatedSum(federatedValue(1, 'CLIENTS', int32())) }),
      };
    },
  ),
});

/** What client `index` holds: a number from 0 to 10. */
export function heldBy(index: number): number {
  return Math.fround(10 * generator(deriveSeed(seedFrom(9), index)).uniform());
}

export function holders(size: number): Population {
  return populationOf(
    Array.from({ length: size }, (_, index) => toValue(float32(), heldBy(index))),
    float32(),
  );
}

/** Twelve steps of 3 reports, 8 of 20 clients at work, of exponential latencies. */
export function driftingOptions(more: Partial<RunOptions> = {}): RunOptions {
  return {
    process: drifting,
    runtime: inProcessRuntime(),
    population: holders(20),
    sampler: uniformSampler({ cohortSize: 3 }),
    rounds: 12,
    seed: 4,
    asynchronous: { buffer: 3, concurrency: 8 },
    faults: { stragglers: [{ latency: { distribution: 'exponential', meanMs: 100 } }] },
    ...more,
  };
}
