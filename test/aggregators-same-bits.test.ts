// Every aggregator gives the same on every runtime: in this process, on one, two and three threads, and with clients
// over sockets. Its aggregate and its measurements are held to it, and its state over rounds.
import {
  type AnyClientsValue,
  atClients,
  atServer,
  deriveSeed,
  type FederatedType,
  federatedComputation,
  federatedZip,
  float32,
  generator,
  type IterativeProcess,
  iterativeProcess,
  type StructType,
  seedFrom,
  startOf,
  stepOf,
  struct,
  type Type,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds, threadsRuntime } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import { type AggregatorCase, aggregators, updateOf } from './support/aggregators.js';
import { socketRuntime } from './support/socket-runtime.js';

const CLIENTS = 9;
const NUMBERS = 40;

/** Rounds whose only work is to send what a client holds. */
function processOf(one: AggregatorCase): IterativeProcess {
  const update = updateOf(one, NUMBERS);
  const aggregation = one.make().create(update);
  const { initializeClient: kept } = aggregation;
  const initialize = federatedComputation(null, () => startOf(aggregation), { name: 'start' });
  const state = (aggregation.next.type.result as StructType<{ readonly state: Type }>).elements.state;
  const next = federatedComputation(
    {
      ...(kept && { clientState: atClients((kept.type.result as FederatedType).member) }),
      state: atServer((state as { readonly member: Type }).member as never),
      value: atClients(update),
      weight: atClients(float32()),
    },
    (given) => {
      const { state, value, weight } = given;
      const { clientState } =
        kept === undefined ? {} : (given as unknown as { clientState: AnyClientsValue });
      const step = stepOf(aggregation, state as never, { value, weight, clientState });
      return {
        state: step.state,
        ...(step.clientState && { clientState: step.clientState }),
        metrics: federatedZip({ result: step.result, measurements: step.measurements }),
      };
    },
    { name: 'aggregate' },
  );
  return iterativeProcess({ initialize, ...(kept && { initializeClient: kept }), next } as never);
}

/** Clients with numbers around 1, one of weight 0. */
function clientsOf(one: AggregatorCase): Population {
  const type = struct({ value: updateOf(one, NUMBERS), weight: float32() });
  const isWhole = one.update !== undefined;
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const random = generator(deriveSeed(seedFrom(4), 'client', client));
    const value = Array.from({ length: NUMBERS }, () => {
      const x = 1 + random.normal();
      return isWhole ? Math.round(50 * x) : x;
    });
    return toValue(type, { value, weight: client === 3 ? 0 : 1 + client / 7 });
  });
  return populationOf(clients, type);
}

async function outcomeOf(one: AggregatorCase, runtime: Runtime) {
  const { stateHash, metrics } = await runRounds({
    process: processOf(one),
    population: clientsOf(one),
    sampler: uniformSampler({ cohortSize: 7 }),
    laneSize: 2,
    runtime,
    rounds: 3,
    seed: 5,
  });
  return { stateHash, metrics };
}

describe('aggregators', () => {
  test.each(Object.entries(aggregators))('%s gives the same on every runtime', async (_, one) => {
    const inProcess = await outcomeOf(one, inProcessRuntime());
    for (const workers of [1, 2, 3]) {
      expect(await outcomeOf(one, threadsRuntime({ workers })), `${workers} threads`).toEqual(inProcess);
    }
    const { runtime, end } = socketRuntime(clientsOf(one));
    try {
      expect(await outcomeOf(one, runtime), 'sockets').toEqual(inProcess);
    } finally {
      await end();
    }
  });
});
