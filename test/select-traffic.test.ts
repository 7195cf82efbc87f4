// What `federatedSelect` saves, counted on real sockets: a client that asks for 100 of 100,000 rows is sent about a
// thousandth of the bytes that the table has, where `federatedSecureSelect` sends all of them.
import { startClients } from '@starling/client';
import { localComputation, tf } from '@starling/compute';
import { createServerMetrics, websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  atServer,
  compilePlan,
  type FederatedComputation,
  federatedComputation,
  federatedSecureSelect,
  federatedSelect,
  federatedSequenceSum,
  federatedSum,
  float32,
  inspectPlan,
  int32,
  struct,
  tensor,
  toValue,
} from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds } from '@starling/runtime';
import { expect, test } from 'vitest';

const ROWS = 100_000;
const KEYS = 100;
const WIDTH = 16;
const CLIENTS = 3;
const TABLE_BYTES = ROWS * WIDTH * 4;
const ROUNDS = 3;

const rowOf = localComputation({ table: float32(ROWS, WIDTH), key: int32() }, ({ table, key }) =>
  tf.gather(table, key),
);
const given = { keys: atClients(int32(KEYS)), table: atServer(float32(ROWS, WIDTH)) };
const sliced = federatedComputation(given, ({ keys, table }) =>
  federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: ROWS, slice: rowOf }))),
);
const whole = federatedComputation(given, ({ keys, table }) =>
  federatedSum(federatedSequenceSum(federatedSecureSelect(table, { keys, keyBound: ROWS, slice: rowOf }))),
);

const dataType = struct({ keys: int32(KEYS) });
/** All keys of a client differ, and clients share some. */
const population = populationOf(
  Array.from({ length: CLIENTS }, (_, client) =>
    toValue(dataType, {
      keys: Array.from({ length: KEYS }, (_, index) => (index * 991 + client * 1982) % ROWS),
    }),
  ),
  dataType,
);
const table = tensor(
  'float32',
  [ROWS, WIDTH],
  Float32Array.from({ length: ROWS * WIDTH }, (_, index) => (index % 1009) / 7),
);

/**
 * Runs rounds; gives the state's hash, and the bytes sent to a client in each but the first round, when clients join.
 */
async function traffic(computation: FederatedComputation) {
  const metrics = createServerMetrics();
  const run = (runtime: Runtime, onRound = () => {}) =>
    runRounds({
      computation,
      arguments: { table },
      runtime,
      population,
      sampler: uniformSampler({ cohortSize: CLIENTS }),
      rounds: ROUNDS,
      seed: 1,
      onRound,
    });
  const sent: number[] = [];
  const { stateHash } = await run(
    websocketRuntime({
      metrics,
      deadlineMs: 30_000,
      extendBelow: CLIENTS,
      minClients: CLIENTS,
      launchClients: async (url) => {
        // Each by itself: those that are started together share what is broadcast.
        const clients = await Promise.all(
          [0, 1, 2].map((client) => startClients({ url, population, clients: [client] })),
        );
        return { stop: async () => void (await Promise.all(clients.map((client) => client.close()))) };
      },
    }),
    () => void sent.push(metrics.get('starling_sent_bytes_total')),
  );
  expect(stateHash).toBe((await run(inProcessRuntime())).stateHash);
  const perClient = sent.slice(1).map((total, round) => (total - sent[round]!) / CLIENTS);
  return { stateHash, perClient };
}

test('`federatedSelect` sends a client the bytes of its slices alone, over real sockets', async () => {
  const bySlices = await traffic(sliced);
  const byTable = await traffic(whole);
  expect(bySlices.stateHash).toBe(byTable.stateHash);
  // 100 rows of 16 float32; the plan says so beforehand.
  const { bytesDown } = inspectPlan(compilePlan(sliced));
  expect(bytesDown).toBe(KEYS * WIDTH * 4);
  for (const bytes of bySlices.perClient) {
    expect(bytes).toBeGreaterThan(bytesDown!);
    // Headers of the frames of two phases, and what the tensors are called: 2 kB at most.
    expect(bytes).toBeLessThan(bytesDown! + 2000);
    expect(bytes / TABLE_BYTES).toBeLessThan(1.4 * (KEYS / ROWS));
  }
  for (const bytes of byTable.perClient) expect(bytes).toBeGreaterThan(TABLE_BYTES);
});
