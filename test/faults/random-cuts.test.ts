// Connections that break at random points, over and over, while broadcasts, slices and updates of several parts are on
// their way: every round ends with everyone's update, in the bits of one process.
import { createClient, createPlanCache } from '@starling/client';
import { createOnnxEngine, localComputation, tf } from '@starling/compute';
import { createServerMetrics, websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  atServer,
  deriveSeed,
  federatedBroadcast,
  federatedComputation,
  federatedSelect,
  federatedSequenceSum,
  federatedSum,
  federatedZip,
  float32,
  int32,
  seedFrom,
  struct,
  tensor,
} from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds } from '@starling/runtime';
import { expect, test } from 'vitest';
import { flakySockets } from '../support/flaky-sockets.js';

const CLIENTS = 6;
const WIDE = 300_000; // float32: 1.2 MB, five parts down and five up
const ROUNDS = 3;

const wide = (scale: number) =>
  tensor(
    'float32',
    [WIDE],
    Float32Array.from({ length: WIDE }, (_, index) => Math.sin(index) * scale),
  );
const dataType = struct({ own: float32(WIDE), keys: int32(null) });
const population = populationOf(
  Array.from({ length: CLIENTS }, (_, index) => ({
    own: wide(index + 0.1),
    keys: tensor('int32', [3], Int32Array.of(index % 3, 2, (2 * index) % 3)),
  })),
  dataType,
);
const sums = federatedComputation(
  { own: atClients(float32(WIDE)), sent: atServer(float32(WIDE)) },
  ({ own, sent }) => federatedSum(federatedZip([own, federatedBroadcast(sent)])),
);

/** Rows of 1.2 MB, of which a client asks for two or three: five to ten parts of its own down. */
const rowOf = localComputation({ table: float32(3, WIDE), key: int32() }, ({ table, key }) =>
  tf.gather(table, key),
);
const rows = federatedComputation(
  { keys: atClients(int32(null)), table: atServer(float32(3, WIDE)) },
  ({ keys, table }) =>
    federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 3, slice: rowOf }))),
);
const table = tensor(
  'float32',
  [3, WIDE],
  Float32Array.from({ length: 3 * WIDE }, (_, index) => Math.cos(index)),
);

const cases = [
  { what: 'updates', computation: sums, given: { sent: wide(7) }, roundTrips: 1 },
  { what: 'slices', computation: rows, given: { table }, roundTrips: 2 },
] as const;

test.each(cases.flatMap((each) => [1, 2, 3].map((seed) => ({ ...each, seed }))))(
  '`websocketRuntime` loses nothing of $what when connections break at random points (seed $seed)',
  async ({ computation, given, roundTrips, seed }) => {
    const engine = await createOnnxEngine();
    const plans = createPlanCache(engine);
    const run = (runtime: Runtime) =>
      runRounds({
        computation,
        arguments: given,
        runtime,
        population,
        sampler: uniformSampler({ cohortSize: CLIENTS }),
        rounds: ROUNDS,
        seed,
        engine,
      });
    const sockets = Array.from({ length: CLIENTS }, (_, index) =>
      // A piece of work takes about 15 frames with its handshake; a connection lives for 8.
      flakySockets(deriveSeed(seedFrom(seed), index), { meanFrames: 8, steadyAfter: 12 }),
    );
    const metrics = createServerMetrics();
    const actual = await run(
      websocketRuntime({
        deadlineMs: 30_000,
        extendBelow: CLIENTS,
        engine,
        metrics,
        launchClients(url) {
          const clients = sockets.map(({ connect }, index) =>
            createClient({
              url,
              clientId: population.clientId(index),
              dataType,
              load: () => population.load(index),
              engine,
              plans,
              connect,
              backOff: { baseMs: 5, maxMs: 40 },
            }),
          );
          return {
            async stop() {
              await Promise.all(clients.map((client) => client.close()));
              await plans.dispose();
            },
          };
        },
      }),
    );
    const cuts = sockets.reduce((sum, socket) => sum + socket.cuts(), 0);
    expect(cuts).toBeGreaterThan(CLIENTS); // each client's first connections at least
    expect(metrics.get('starling_updates_accepted_total')).toBe(CLIENTS * ROUNDS * roundTrips);
    expect(metrics.get('starling_wire_errors_total')).toBe(0);
    expect(actual.stateHash).toBe((await run(inProcessRuntime({ engine }))).stateHash);
    await engine.dispose();
  },
);
