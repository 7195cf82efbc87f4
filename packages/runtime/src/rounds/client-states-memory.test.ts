// What clients keep costs what the cohort costs: of a million clients, the memory of a thousand, and on the disk what
// was touched.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedValue,
  float32,
  iterativeProcess,
  tensor,
} from '@starling/federated-core';
import { type Population, uniformSampler } from '@starling/population';
import { directoryClientStates } from '@starling/store/directory';
import { assert, test } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { runRounds } from './run-rounds.js';

const ROUNDS = 15;
const COHORT = 100;
/** 4 KiB a client. */
const NUMBERS = 1024;

const count = localComputation({ kept: float32(NUMBERS), value: float32() }, ({ kept, value }) =>
  tf.add(kept, value),
);
const first = localComputation(float32(NUMBERS), (kept) => tf.sum(kept));
const add = localComputation({ a: float32(), b: float32() }, ({ a, b }) => tf.add(a, b));
const process = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
  initializeClient: federatedComputation(null, () =>
    federatedValue(Array(NUMBERS).fill(0), 'CLIENTS', float32(NUMBERS)),
  ),
  next: federatedComputation(
    { state: atServer(float32()), clientState: atClients(float32(NUMBERS)), value: atClients(float32()) },
    ({ state, clientState, value }) => {
      const sum = federatedSum(federatedMap(first, clientState));
      return {
        state: federatedMap(add, { a: state, b: sum }),
        clientState: federatedMap(count, { kept: clientState, value }),
        metrics: sum,
      };
    },
  ),
});

function populationOfSize(size: number): Population {
  return {
    name: 'many',
    size,
    dataType: float32(),
    clientId: (index) => `client-${index}`,
    load: (index) => tensor('float32', [], Float32Array.of(index % 7)),
    exampleCount: () => 1,
    fingerprint: async () => ({ size }),
  };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function measure(size: number) {
  const directory = await mkdtemp(join(tmpdir(), 'starling-many-'));
  const engine = await createEngine('onnx');
  const touched = new Set<string>();
  let bytes = 0;
  try {
    await runRounds({
      process,
      runtime: inProcessRuntime({ engine }),
      engine,
      population: populationOfSize(size),
      sampler: uniformSampler({ cohortSize: COHORT }),
      rounds: ROUNDS,
      seed: 1,
      run: 'many',
      clientStates: directoryClientStates(directory),
      onRound: ({ round, reports }) => {
        for (const { client } of reports) touched.add(client);
        if (round < ROUNDS) return;
        collect();
        const { heapUsed, arrayBuffers } = globalThis.process.memoryUsage();
        bytes = heapUsed + arrayBuffers;
      },
    });
    const folder = join(directory, 'many');
    const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
    const disk = (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
    return { bytes, disk, touched: touched.size };
  } finally {
    await engine.dispose();
    await rm(directory, { recursive: true });
  }
}

test('`runRounds` needs for a million clients that keep 4 KiB the memory of a thousand', {
  timeout: 120_000,
}, async () => {
  await measure(1000); // what is loaded once is no matter of either
  const few = await measure(1000);
  const many = await measure(1_000_000);
  assert.isAtMost(many.bytes, 1.1 * few.bytes);
  // Of 1,500 draws from a million next to none is the second of its client; of a thousand, some 780 are others.
  assert.isAbove(many.touched, 1490);
  for (const { disk, touched } of [few, many]) {
    assert.isAtLeast(disk, touched * 4 * NUMBERS);
    // Each with its head, and up to four times as much that is void, as segments are taken apart at a quarter.
    assert.isAtMost(disk, 4 * touched * (4 * NUMBERS + 700));
  }
});
