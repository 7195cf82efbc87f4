// What a user reads when a local computation fails at run time: the client, the round, the intrinsic, and the line of
// their own file, on every runtime.
import { startClients } from '@starling/client';
import { localComputation, tf } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  EmptyAggregateError,
  type FederatedComputation,
  federatedAggregate,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  int32,
  OverflowError,
  struct,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds, threadsRuntime } from '@starling/runtime';
import { describe, expect, test } from 'vitest';

// A table of three rows: a key beyond it makes the engine fail.
const pick = localComputation({ key: int32() }, ({ key }) => tf.gather(tf.tensor1d([5, 6, 7]), key), {
  name: 'pick',
});
const clientType = struct({ key: int32() });
const population = populationOf(
  [0, 9].map((key) => toValue(clientType, { key })),
  clientType,
);
const onClients = federatedComputation({ key: atClients(int32()) }, (given) =>
  federatedSum(federatedMap(pick, given)),
);
const onServer = federatedComputation({ key: atClients(int32()) }, ({ key }) =>
  federatedMap(pick, { key: federatedSum(key) }),
);

// Two clients of 2^31 − 1 come to 2^32 − 2; the mean of infinities is of nobody.
const greatest = tf.scalar(2 ** 31 - 1, 'int32');
const large = localComputation({ key: int32() }, ({ key }) => tf.maximum(key, greatest), {
  name: 'large',
});
const tooLarge = federatedComputation({ key: atClients(int32()) }, (given) =>
  federatedSum(federatedMap(large, given)),
);
const infinite = localComputation(
  { key: int32() },
  ({ key }) => tf.div(1, tf.mul(tf.cast(key, 'float32'), 0)),
  {
    name: 'infinite',
  },
);
const ofNobody = federatedComputation({ key: atClients(int32()) }, (given) =>
  federatedMean(federatedMap(infinite, given)),
);
const add = localComputation({ a: int32(), b: int32() }, ({ a, b }) => tf.add(a, b), { name: 'add' });
const pickOne = localComputation(int32(), (key) => tf.gather(tf.tensor1d([5, 6, 7]), key), { name: 'pick' });
const onOperators = federatedComputation({ key: atClients(int32()) }, ({ key }) => ({
  before: federatedSum(key),
  aggregate: federatedAggregate(key, { zero: 0, accumulate: add, merge: add, report: pickOne }),
}));

const runtimes: Readonly<Record<string, (population: Population) => Runtime>> = {
  'in-process': () => inProcessRuntime(),
  threads: () => threadsRuntime({ workers: 2 }),
  websocket: () =>
    websocketRuntime({
      deadlineMs: 20_000,
      minClients: 2,
      launchClients: async (url) => {
        const running = await startClients({ url, population, clients: [0, 1] });
        return { stop: () => running.close() };
      },
    }),
};
const options = {
  population,
  sampler: uniformSampler({ cohortSize: 2 }),
  rounds: 1,
  seed: 1,
};

describe.each(Object.entries(runtimes))('errors at run time on %s', (_, makeRuntime) => {
  test('name the client, the intrinsic and the line when a client fails', async () => {
    const reasons: string[] = [];
    const { metrics } = await runRounds({
      ...options,
      computation: onClients,
      runtime: makeRuntime(population),
      onRound: ({ reports }) => {
        for (const each of reports)
          if (each.status !== 'accepted') reasons.push(`${each.client}: ${each.reason}`);
      },
    });
    // The other client's key is 0.
    expect(metrics).toBe(5);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/^client-1: .*federatedMap\(pick\) at .*user-errors\.test\.ts:\d+:\d+: /);
  });

  test('name the round and the line when an aggregate is undefined, or too large', async () => {
    const run = (computation: FederatedComputation) =>
      runRounds({ ...options, computation, runtime: makeRuntime(population) });
    await expect(run(tooLarge)).rejects.toThrow(OverflowError);
    await expect(run(tooLarge)).rejects.toThrow(
      /^Cannot finish round 1: .*federatedSum: the sum must fit int32, got 4294967294 \(the last of 3 attempts\)\n {4}in federatedSum\(\) at .*user-errors\.test\.ts:\d+:\d+$/,
    );
    await expect(run(ofNobody)).rejects.toThrow(EmptyAggregateError);
    await expect(run(ofNobody)).rejects.toThrow(
      /^Cannot finish round 1: need an update to aggregate, got none: all 2 clients are lost \(the last of 3 attempts\)\n {4}in federatedMean\(\) at .*user-errors\.test\.ts:\d+:\d+\n {4}2 refused, non-finite-update: .* \(client-[01], client-[01]\)\n {4}non-finite-update: look for NaN/,
    );
  });

  test('name the round, the intrinsic and the line when an operator fails', async () => {
    const computation = onOperators;
    await expect(runRounds({ ...options, computation, runtime: makeRuntime(population) })).rejects.toThrow(
      /round 1: Cannot run federatedAggregate\(add, add, pick\) at .*user-errors\.test\.ts:\d+:\d+: /,
    );
  });

  test('name the round, the intrinsic and the line when the server fails', async () => {
    const failing = runRounds({ ...options, computation: onServer, runtime: makeRuntime(population) });
    await expect(failing).rejects.toThrow(
      /round 1: Cannot run federatedMap\(pick\) at .*user-errors\.test\.ts:\d+:\d+: /,
    );
  });
});
