import { localComputation, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  compilePlan,
  federatedComputation,
  federatedMap,
  federatedSum,
  float32,
  type Seed,
  sequence,
  toValue,
} from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import { populationOf } from '@starling/population';
import { expect, test } from 'vitest';
import { floats, totalOf } from '../testing/contract-computations.js';
import { threadsRuntime } from './threads-runtime.js';

test('`threadsRuntime` refuses to be made when it has no worker', () => {
  expect(() => threadsRuntime({ workers: 0 })).toThrow(/workers must be a whole number >= 1, got 0/);
});

/** A plan that sums vectors, of so many bytes a lane. */
const sumOf = (sumBytes: number) => {
  const type = float32(sumBytes / Float64Array.BYTES_PER_ELEMENT);
  return compilePlan(federatedComputation({ value: atClients(type) }, ({ value }) => federatedSum(value)));
};
const vectors = (sumBytes: number) => {
  const type = float32(sumBytes / Float64Array.BYTES_PER_ELEMENT);
  return populationOf([toValue(type, new Float32Array(type.shape[0]!))], type);
};

test.each([
  ['one thread less than workers, when sums are small', 1 << 10, 'onnx', 2],
  ['a thread for each worker, when sums are large', 4 << 20, 'onnx', 3],
  ['a thread for each worker, when the engine is slow', 1 << 10, 'tfjs-cpu', 3],
] as const)('`threadsRuntime` starts %s', async (_, sumBytes, engine, expected) => {
  let threads = 0;
  const runtime = threadsRuntime({ workers: 3, engine, onWorkerStart: () => void threads++ });
  const session = await runtime.open(linkPlan(sumOf(sumBytes)), vectors(sumBytes));
  await session.close();
  expect(threads).toBe(expected);
});

/** A module of a user's own, with such a function. */
const engineOf = (createEngine: string): string =>
  `data:text/javascript,${encodeURIComponent(`export const createEngine = ${createEngine};`)}`;

test('`threadsRuntime` works on an engine of a module that the user names', async () => {
  const engine = engineOf(`() => ({
    name: 'own', needs: 'kernels', description: '', load() { throw new Error('no graph'); }, async dispose() {},
  })`);
  const session = await threadsRuntime({ workers: 1, engine }).open(linkPlan(sumOf(16)), vectors(16));
  const request = { round: 1, phase: 0, seed: [0, 1], cohort: [0], broadcast: [] } as const;
  const { reports } = await session.runPhase(request);
  await session.close();
  expect(reports).toEqual([{ client: 'client-0', status: 'accepted' }]);
});

test('`threadsRuntime` makes the engine on the thread of each worker, and says why it cannot', async () => {
  const engine = engineOf(`() => { throw new Error('no such device'); }`);
  const opening = threadsRuntime({ workers: 1, engine }).open(linkPlan(sumOf(16)), vectors(16));
  await expect(opening).rejects.toMatchObject({
    code: 'worker-lost',
    message: expect.stringContaining('no such device'),
  });
});

/** `clients` clients of `steps` matrix products, some 10 µs each, in lanes of two. */
const sweeps = (clients: number, steps: number) => {
  const type = sequence(float32());
  const sweep = localComputation(type, (data) =>
    tf.sum(sequenceReduce(data, tf.zeros([64, 64]), (sum) => tf.add(tf.matMul(sum, sum), 1e-3))),
  );
  const computation = federatedComputation(atClients(type), (data) =>
    federatedSum(federatedMap(sweep, data)),
  );
  const data = toValue(type, new Float32Array(steps));
  return {
    plan: linkPlan(compilePlan(computation, { laneSize: 2 })),
    population: populationOf(Array<typeof data>(clients).fill(data), type),
    request: {
      round: 1,
      phase: 0,
      seed: [0, 1] as Seed,
      cohort: Array.from({ length: clients }, (__, client) => client),
      broadcast: [],
    },
  };
};

test("`threadsRuntime` gives main's event loop its turns between clients, when main works", async () => {
  const { plan, population, request } = sweeps(8, 20);
  const session = await threadsRuntime({ workers: 1, mainWorks: true }).open(plan, population);
  let turns = 0;
  const turn = (): void => {
    turns++;
    pending = setImmediate(turn);
  };
  let pending = setImmediate(turn);
  await session.runPhase(request);
  clearImmediate(pending);
  await session.close();
  expect(turns).toBeGreaterThanOrEqual(request.cohort.length);
});

test('`threadsRuntime` starts a thread in place of main, when clients take long', async () => {
  const { plan, population, request } = sweeps(6, 20_000);
  let threads = 0;
  const runtime = threadsRuntime({ workers: 1, mainWorks: true, onWorkerStart: () => void threads++ });
  const session = await runtime.open(plan, population);
  const { reports } = await session.runPhase(request);
  await session.close();
  expect(reports.map(({ status }) => status)).toEqual(Array(6).fill('accepted'));
  expect(threads).toBe(1);
});

test('`threadsRuntime` fails a phase, and runs the next, when a cohort names a client that there is not', async () => {
  const plan = linkPlan(compilePlan(totalOf, { laneSize: 1 }));
  const session = await threadsRuntime({ workers: 2 }).open(plan, floats([1, 2, 3]));
  const run = (cohort: readonly number[]) =>
    session.runPhase({ round: 1, phase: 0, seed: [0, 1] as Seed, cohort, broadcast: [] });
  await expect(run([0, 1, 7])).rejects.toThrow(RangeError);
  const { accumulators } = await run([0, 1, 2]);
  expect(accumulators[0]![0]!.data[0]).toBe(6);
  await session.close();
});
