// docs/protocol.md is enough to write a client in another language: one in Python, which shares nothing with this
// repository, takes part in rounds and gives the results that our own clients give.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { localComputation, random, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  atServer,
  type FederatedComputation,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSample,
  federatedSelect,
  federatedSequenceSum,
  federatedSum,
  federatedValue,
  float32,
  int32,
  iterativeProcess,
  sequence,
  struct,
  toValue,
} from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type RunOptions, type Runtime, runRounds } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import { isLeftOut } from '../support/tools.js';

const CLIENT = fileURLToPath(new URL('./client.py', import.meta.url));
/** Another interpreter, such as one with onnxruntime, can be named. */
const PYTHON = process.env['STARLING_PYTHON'] ?? 'python3';
const lacksPython = isLeftOut('python3', spawnSync(PYTHON, ['--version']).status === 0);
const lacksOnnxruntime = isLeftOut(
  'onnxruntime',
  spawnSync(PYTHON, ['-c', 'import numpy, onnxruntime']).status === 0,
);
const lacksWebsockets = isLeftOut('websockets', spawnSync(PYTHON, ['-c', 'import websockets']).status === 0);
const WIDE = 100_000; // float32: 400 kB, so that broadcast and update go in two parts

const readings = [[20.5, 31.25], [], [0.1, 0.2, 0.3], [29.75]];
const dataType = struct({ readings: sequence(float32()) });
const population = populationOf(
  readings.map((values) => toValue(dataType, { readings: values })),
  dataType,
);

/** Sums of what clients hold and of what they were sent, and two clients drawn by their own random numbers. */
const questions = federatedComputation(
  { readings: atClients(sequence(float32())), offset: atServer(float32(WIDE)) },
  ({ readings, offset }) => ({
    total: federatedSum(federatedSequenceSum(readings)),
    sent: federatedSum(federatedBroadcast(offset)),
    drawn: federatedSample(federatedSequenceSum(readings), { maxSamples: 2 }),
  }),
);

const offset = Float32Array.from({ length: WIDE }, (_, index) => index / 7);

/** Every kind of feed: shuffled and padded batches, a mask, the three distributions, inside a reduction and outside. */
const walk = localComputation(
  { readings: sequence(float32()), threshold: float32(), epochs: int32(), steps: int32() },
  ({ readings, threshold, epochs, steps }) => {
    const decay = (sum: tf.Tensor, batch: tf.Tensor, mask: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(sum, 0.5), tf.sum(tf.mul(batch, mask)));
    const paced = sequenceReduce(readings.shuffle().repeat(epochs).batch(2), tf.scalar(1), decay);
    const counted = sequenceReduce(readings.shuffle().steps(steps).take(2).batch(2), tf.scalar(1), decay);
    const across = readings.shuffle().repeat(epochs).batch(2, { acrossEpochs: true });
    const joined = sequenceReduce(across, tf.scalar(1), decay);
    const cut = sequenceReduce(readings.steps(steps).batch(2, { acrossEpochs: true }), tf.scalar(1), decay);
    const batches = readings.shuffle().repeat(2).batch(2);
    const state = { decayed: tf.scalar(0), noise: tf.scalar(0) };
    const folded = sequenceReduce(batches, state, ({ decayed, noise }, batch, mask) => ({
      // Order matters: what came earlier counts for less.
      decayed: tf.add(tf.mul(decayed, 0.5), tf.sum(tf.mul(tf.sub(batch, threshold), mask))),
      noise: tf.add(tf.mul(noise, 0.5), tf.sum(random.normal([3], 1, 2))),
    }));
    const coins = tf.sum(random.bernoulli([100], 0.3));
    return {
      ...folded,
      paced,
      counted,
      joined,
      cut,
      coins,
      level: tf.mean(random.uniform([5], -1, 1)),
      count: sequenceLength(readings),
    };
  },
);
/** 0 to 3 epochs, drawn by the client. */
const pace = localComputation({ threshold: float32() }, () =>
  tf.cast(tf.floor(random.uniform([], 0, 4)), 'int32'),
);
const walks = federatedComputation(
  { readings: atClients(sequence(float32())), threshold: atServer(float32()), steps: atServer(int32()) },
  ({ readings, ...atServers }) => {
    const threshold = federatedBroadcast(atServers.threshold);
    const epochs = federatedMap(pace, { threshold });
    const steps = federatedBroadcast(atServers.steps);
    return federatedSum(federatedMap(walk, { readings, threshold, epochs, steps }));
  },
);

/** Slices by keys that stand twice, and of a struct by others. */
const rowOf = localComputation({ table: float32(4, 2), key: int32() }, ({ table, key }) =>
  tf.gather(table, key),
);
const structOf = localComputation({ table: float32(4, 2), key: int32() }, ({ table, key }) => {
  const row = tf.gather(table, key);
  return { row, first: tf.gather(row, 0) };
});
const selections = federatedComputation(
  {
    readings: atClients(sequence(float32())),
    wanted: atServer(int32(3)),
    others: atServer(int32(2)),
    table: atServer(float32(4, 2)),
  },
  ({ wanted, others, table }) => ({
    rows: federatedSum(
      federatedSequenceSum(
        federatedSelect(table, { keys: federatedBroadcast(wanted), keyBound: 4, slice: rowOf }),
      ),
    ),
    wrapped: federatedSum(
      federatedSequenceSum(
        federatedSelect(table, { keys: federatedBroadcast(others), keyBound: 4, slice: structOf }),
      ),
    ),
  }),
);

/** Each client keeps the sum of what it holds, and sends what it kept: of the first round, 100. */
const keeping = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
  initializeClient: federatedComputation(null, () => federatedValue(100, 'CLIENTS', float32())),
  next: federatedComputation(
    {
      state: atServer(float32()),
      clientState: atClients(float32()),
      readings: atClients(sequence(float32())),
    },
    ({ clientState, readings }) => ({
      state: federatedSum(clientState),
      clientState: federatedSequenceSum(readings),
      metrics: { drawn: federatedSample(clientState, { maxSamples: 2 }) },
    }),
  ),
});

type Asked = Pick<RunOptions, 'process' | 'computation' | 'arguments' | 'onRound' | 'onRecord'>;

function run(runtime: Runtime, asked: Asked) {
  return runRounds({
    ...(asked as { readonly computation: FederatedComputation }),
    runtime,
    population,
    sampler: uniformSampler({ cohortSize: 4 }),
    rounds: 3,
    seed: 2,
  });
}

/** How Python's clients go about it: the first loses what it keeps, and all take a library's sockets. */
interface Ways {
  readonly forgets?: number;
  readonly sockets?: 'websockets';
}

/** One Python process a client; gives what each printed. */
function launch(url: string, { forgets, sockets }: Ways) {
  const ends = readings.map((values, index) => {
    const further = index === 0 && forgets !== undefined ? [String(forgets)] : [];
    const child = spawn(
      PYTHON,
      [CLIENT, url, population.clientId(index), JSON.stringify(values), ...further],
      {
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...(sockets && { SOCKETS: sockets }) },
      },
    );
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    return new Promise<string>((resolve) => child.once('close', () => resolve(output.trim())));
  });
  return { ends: Promise.all(ends), stop: async () => void (await Promise.all(ends)) };
}

/** Runs with Python clients, and in this process. */
async function runBoth(computation: FederatedComputation, serverArguments: unknown) {
  const asked = { computation, arguments: serverArguments };
  return { actual: await runPython(asked), expected: await run(inProcessRuntime(), asked) };
}

async function runPython(asked: Asked, ways: Ways = {}) {
  let launched: ReturnType<typeof launch> | null = null;
  const runtime = websocketRuntime({
    deadlineMs: 20_000,
    extendBelow: 4,
    launchClients: (url) => {
      launched = launch(url, ways);
      return launched;
    },
  });
  const actual = await run(runtime, asked);
  expect(await launched!.ends).toEqual(Array(4).fill('{"rounds": 3}'));
  return actual;
}

describe('a Python client', () => {
  // Without Python on the machine there is nothing to run the client with.
  test.skipIf(lacksPython)('gives the state of our own when it takes part in three rounds', async () => {
    const { actual, expected } = await runBoth(questions, { offset });
    expect(actual.stateHash).toBe(expected.stateHash);
    // 20.5 + 31.25 + 0.1 + 0.2 + 0.3 + 29.75 = 82.1
    expect((actual.metrics as { readonly total: number }).total).toBeCloseTo(82.1, 4);
  });

  test.skipIf(lacksWebsockets)('does so on the sockets of a library, whose frames are its own', async () => {
    const asked = { computation: questions, arguments: { offset } };
    const actual = await runPython(asked, { sockets: 'websockets' });
    expect(actual.stateHash).toBe((await run(inProcessRuntime(), asked)).stateHash);
  });

  test.skipIf(lacksPython)('sends keys and works on its slices as ours does', async () => {
    const table = [1, 2, 4, 8].map((row) => [row, 10 * row]);
    const { actual, expected } = await runBoth(selections, { wanted: [3, 0, 3], others: [2, 1], table });
    expect(actual.stateHash).toBe(expected.stateHash);
    // Four clients, each 8 + 1 + 8 and 80 + 10 + 80 of one selection, 4 + 2 and 40 + 20 of the other.
    expect(actual.metrics).toMatchObject({
      rows: { data: Float32Array.of(68, 680) },
      wrapped: { row: { data: Float32Array.of(24, 240) }, first: 24 },
    });
  });

  test.skipIf(lacksPython)('keeps a state as ours does', async () => {
    const actual = await runPython({ process: keeping });
    const expected = await run(inProcessRuntime(), { process: keeping });
    expect(actual.stateHash).toBe(expected.stateHash);
    expect(actual.metrics).toEqual(expected.metrics);
    expect((actual.stateValue as unknown as { readonly data: Float32Array }).data[0]).toBeCloseTo(82.1, 4);
  });

  test.skipIf(lacksPython)('begins anew when it says that its state is lost', async () => {
    const sums: number[] = [];
    const restarted: (readonly string[] | undefined)[] = [];
    await runPython(
      {
        process: keeping,
        onRound: ({ state }) => void sums.push(Number(state[0]!.data[0])),
        onRecord: (line) => {
          if (line.type === 'round') restarted.push(line.clientVersions?.restarted);
        },
      },
      { forgets: 3 },
    );
    // 400 of four first states; 82.1; and in round 3 the first client has lost its 51.75, and begins with 100 again.
    const rounded = sums.map((sum) => Math.round(sum * 1000) / 1000);
    expect(rounded).toEqual([400, 82.1, 130.35]);
    expect(restarted).toEqual([undefined, undefined, [population.clientId(0)]]);
  });

  // onnxruntime for Python is on few machines: STARLING_PYTHON names an interpreter that has it.
  test.skipIf(lacksOnnxruntime)(
    'makes the feeds of graphs as ours does when it has an ONNX runtime',
    async () => {
      const { actual, expected } = await runBoth(walks, { threshold: 20, steps: 3 });
      const numbers = actual.metrics as Readonly<Record<string, number>>;
      const names = ['coins', 'count', 'counted', 'cut', 'decayed', 'joined', 'level', 'noise', 'paced'];
      expect(Object.keys(numbers).sort()).toEqual(names);
      for (const [name, value] of Object.entries(expected.metrics as Readonly<Record<string, number>>)) {
        expect(numbers[name], name).toBeCloseTo(value, 4);
      }
    },
  );
});
