// Connections that break at random points, over and over, while broadcasts and updates of several parts are on their
// way: every round ends with everyone's update, in the bits of one process.
import { createClient, createPlanCache } from '@starling/client';
import { createOnnxEngine } from '@starling/compute';
import { createMetrics, websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  atServer,
  deriveSeed,
  federatedBroadcast,
  federatedComputation,
  federatedSum,
  federatedZip,
  float32,
  seedFrom,
  struct,
  tensor,
} from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds } from '@starling/runtime';
import { expect, it } from 'vitest';
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
const dataType = struct({ own: float32(WIDE) });
const population = populationOf(
  Array.from({ length: CLIENTS }, (_, index) => ({ own: wide(index + 0.1) })),
  dataType,
);
const sums = federatedComputation(
  { own: atClients(float32(WIDE)), sent: atServer(float32(WIDE)) },
  ({ own, sent }) => federatedSum(federatedZip([own, federatedBroadcast(sent)])),
);

it.each([1, 2, 3, 4])(
  '`websocketRuntime` loses nothing when connections break at random points (seed %d)',
  async (seed) => {
    const engine = await createOnnxEngine();
    const plans = createPlanCache(engine);
    const run = (runtime: Runtime) =>
      runRounds({
        computation: sums,
        arguments: { sent: wide(7) },
        runtime,
        population,
        sampler: uniformSampler({ populationSize: CLIENTS, cohortSize: CLIENTS }),
        rounds: ROUNDS,
        seed,
        engine,
      });
    const sockets = Array.from({ length: CLIENTS }, (_, index) =>
      // A piece of work takes about 15 frames with its handshake; a connection lives for 8.
      flakySockets(deriveSeed(seedFrom(seed), index), { meanFrames: 8, steadyAfter: 12 }),
    );
    const metrics = createMetrics();
    const actual = await run(
      websocketRuntime({
        deadlineMs: 30_000,
        minReports: CLIENTS,
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
    expect(metrics.get('starling_updates_accepted_total')).toBe(CLIENTS * ROUNDS);
    expect(metrics.get('starling_wire_errors_total')).toBe(0);
    expect(actual.stateHash).toBe((await run(inProcessRuntime({ engine }))).stateHash);
    await engine.dispose();
  },
);
