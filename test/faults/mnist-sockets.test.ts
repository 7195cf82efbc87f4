// The main job at its full width: 100 clients on 100 sockets in one process train on MNIST for 20 rounds, while the
// sockets of 10 of them are cut in the middle of a round.
import { type Client, createClient, createPlanCache } from '@starling/client';
import { createOnnxEngine } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import { inProcessRuntime, type RoundRecord, type Runtime, runRounds } from '@starling/runtime';
import mnist from '@starling/simulations/mnist';
import { expect, test } from 'vitest';
import { cuttableSockets } from '../support/cuttable-sockets.js';

const CLIENTS = 100;
const ROUNDS = 20;
const CUT = 10;

test('`websocketRuntime` finishes 20 MNIST rounds with 100 clients when 10 are cut in mid-round, and they rejoin', async () => {
  const engine = await createOnnxEngine();
  const { process, population, sampler } = await mnist.build(mnist.options.parse({ clients: CLIENTS }));
  const run = (runtime: Runtime, onRound: (record: RoundRecord) => void = () => {}) =>
    runRounds({ process: process!, population, sampler, runtime, rounds: ROUNDS, seed: 1, engine, onRound });

  const sockets = Array.from({ length: CLIENTS }, cuttableSockets);
  const cut = new Set<number>();
  let clients: readonly Client[] = [];
  const runtime = websocketRuntime({
    deadlineMs: 60_000,
    extendBelow: CLIENTS,
    minClients: CLIENTS,
    engine,
    launchClients(url) {
      const plans = createPlanCache(engine);
      clients = sockets.map((socket, index) =>
        createClient({
          url,
          clientId: population.clientId(index),
          dataType: population.dataType,
          load() {
            if (cut.size < CUT && !cut.has(index)) {
              cut.add(index); // the first ten to work are cut while they do
              socket.cut();
            }
            return population.load(index);
          },
          engine,
          plans,
          connect: (to, events) => socket.connect(to, events),
          backOff: { baseMs: 20, maxMs: 200 },
        }),
      );
      return {
        async stop() {
          await Promise.all(clients.map((client) => client.finished));
          await plans.dispose();
        },
      };
    },
  });
  const records: RoundRecord[] = [];
  const actual = await run(runtime, (record) => void records.push(record));
  expect(records).toHaveLength(ROUNDS);
  expect(records.every(({ reports }) => reports.every(({ status }) => status === 'accepted'))).toBe(true);
  expect(clients.filter(({ counts }) => counts.reconnects > 0)).toHaveLength(CUT);
  expect(actual.stateHash).toBe((await run(inProcessRuntime({ engine }))).stateHash);
  await engine.dispose();
}, 240_000);
