// Worker threads that end in the middle of a round: they are replaced, their lanes are run again, and the result
// is the same to the last bit.
import type { Worker } from 'node:worker_threads';
import { localComputation, random, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  compilePlan,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  federatedValue,
  float32,
  iterativeProcess,
  type Seed,
  sequence,
  toValue,
} from '@starling/federated-core';
import type { LinkedPlan } from '@starling/plan';
import { linkPlan } from '@starling/plan/link';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds, threadsRuntime } from '@starling/runtime';
import { assert, describe, expect, test } from 'vitest';
import { keyHolders, wanderingRows } from '../support/wandering-rows.js';

/** A walk whose steps each client draws and sums over its examples. */
const walk = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), data: atClients(sequence(float32())) },
    ({ state, data }) => {
      const step = localComputation(
        { state: float32(), data: sequence(float32()) },
        ({ state: start, data: own }) =>
          sequenceReduce(own, start, (sum, element) => tf.add(sum, tf.mul(element, random.normal([])))),
      );
      const moved = federatedMean(federatedMap(step, { state: federatedBroadcast(state), data }));
      return { state: moved, metrics: { moved } };
    },
  ),
});

const CLIENTS = 40;
const type = sequence(float32());
const population = populationOf(
  Array.from({ length: CLIENTS }, (_, client) =>
    toValue(
      type,
      Float32Array.from({ length: 5 + (client % 7) }, (__, index) => (client + index) / 9),
    ),
  ),
  type,
);

const COHORT = 30;
const walkOptions = (runtime: Runtime, clients: Population = population) => ({
  process: walk,
  runtime,
  population: clients,
  sampler: uniformSampler({ cohortSize: COHORT }),
  rounds: 6,
  seed: 3,
});
const run = (runtime: Runtime, clients?: Population) => runRounds(walkOptions(runtime, clients));

/** The population, which calls `action` the `n`-th time that a client is loaded. */
function atLoad(n: number, action: () => void): Population {
  let loads = 0;
  return {
    ...population,
    load(index) {
      if (++loads === n) action();
      return population.load(index);
    },
  };
}

// Only pure JavaScript may be killed at any point: onnxruntime aborts the process when its thread is gone as it
// returns. So these runs are on the tfjs engine.
const engine = 'tfjs-cpu';

describe('threadsRuntime under faults', () => {
  const expected = run(inProcessRuntime({ engine }));

  // Loads 1 to 30 are those of the first round; a worker is idle, at work, or being given a lane then.
  test.each([1, 4, 17, 30])(
    '`threadsRuntime` gives the same state when a worker is killed at load %i',
    async (n) => {
      const threads: Worker[] = [];
      const clients = atLoad(n, () => void threads[0]!.terminate());
      const runtime = threadsRuntime({
        workers: 2,
        engine,
        onWorkerStart: (thread) => void threads.push(thread),
      });
      assert.equal((await run(runtime, clients)).stateHash, (await expected).stateHash);
      assert.equal(threads.length, 3);
    },
  );

  test('`threadsRuntime` gives the same state when its only worker is killed', async () => {
    const threads: Worker[] = [];
    const clients = atLoad(12, () => void threads[0]!.terminate());
    const runtime = threadsRuntime({
      workers: 1,
      engine,
      onWorkerStart: (thread) => void threads.push(thread),
    });
    assert.equal((await run(runtime, clients)).stateHash, (await expected).stateHash);
    assert.equal(threads.length, 2);
  });

  // Lanes of a phase are laid out by how much its clients hold, so counting that says which phase begins: the second of
  // the first round, when slices are shared out, or the first of the second.
  test.each([COHORT + 1, COHORT + 3, 2 * COHORT + 1])(
    '`threadsRuntime` gives the same state when a worker is killed at count %i of a round with slices',
    async (n) => {
      const threads: Worker[] = [];
      let counts = 0;
      const holders = keyHolders(CLIENTS);
      const clients: Population = {
        ...holders,
        exampleCount(index) {
          if (++counts === n) void threads[0]!.terminate();
          return holders.exampleCount(index);
        },
      };
      const walkRows = (runtime: Runtime, from: Population) =>
        runRounds({
          process: wanderingRows(),
          runtime,
          population: from,
          sampler: uniformSampler({ cohortSize: COHORT }),
          rounds: 3,
          seed: 3,
          engine,
        });
      const runtime = threadsRuntime({
        workers: 2,
        engine,
        onWorkerStart: (thread) => void threads.push(thread),
      });
      const unharmed = await walkRows(inProcessRuntime({ engine }), holders);
      assert.equal((await walkRows(runtime, clients)).stateHash, unharmed.stateHash);
      assert.equal(threads.length, 3);
    },
  );

  test.each([true, false])(
    '`threadsRuntime` gives the same state when workers are killed between calls of onnxruntime and mainWorks is %s',
    async (mainWorks) => {
      const threads: Worker[] = [];
      const runtime = threadsRuntime({
        workers: 3,
        mainWorks,
        onWorkerStart: (thread) => void threads.push(thread),
      });
      const before = mainWorks ? 2 : 3;
      const killed = await runRounds({
        ...walkOptions(runtime),
        // All lanes of the round are merged: workers sleep until the next.
        onRound: async ({ round }) => {
          if (round === 2) await Promise.all(threads.slice(0, before).map((thread) => thread.terminate()));
        },
      });
      const unharmed = await run(inProcessRuntime());
      assert.equal(killed.stateHash, unharmed.stateHash);
      assert.equal(threads.length, 2 * before);
    },
  );

  test('`threadsRuntime` gives up when a lane has lost three workers, rather than continue for ever', async () => {
    const runtime = threadsRuntime({
      workers: 1,
      engine,
      // Each is ended once it is at work: it answers nothing, and its lanes with it.
      onWorkerStart: (thread) => {
        thread.once('message', () => setTimeout(() => void thread.terminate(), 1));
      },
    });
    const session = await runtime.open(...(await slowPlan()));
    const request = { round: 1, phase: 0, seed: [0, 1] as Seed, cohort: [0], broadcast: [] };
    await expect(session.runPhase(request)).rejects.toMatchObject({ code: 'worker-lost' });
    await session.close();
  });

  test('`threadsRuntime` ends all its threads when it is closed within a phase', async () => {
    const exits: Promise<unknown>[] = [];
    const runtime = threadsRuntime({
      workers: 2,
      onWorkerStart: (thread) => void exits.push(new Promise((resolve) => thread.once('exit', resolve))),
    });
    const session = await runtime.open(...(await slowPlan()));
    const request = { round: 1, phase: 0, seed: [0, 1] as Seed, cohort: [0, 1], broadcast: [] };
    const phase = session.runPhase(request);
    const failed = expect(phase).rejects.toMatchObject({ code: 'closed' });
    await session.close();
    await failed;
    await Promise.all(exits);
  });
});

/** A plan whose work takes seconds, and its clients. */
async function slowPlan(): Promise<[LinkedPlan, Population]> {
  const sweep = localComputation(sequence(float32()), (data) =>
    tf.sum(sequenceReduce(data, tf.zeros([64, 64]), (sum) => tf.add(tf.matMul(sum, sum), 1))),
  );
  const computation = federatedComputation(atClients(sequence(float32())), (data) =>
    federatedSum(federatedMap(sweep, data)),
  );
  const clients = populationOf(
    [0, 1].map(() => toValue(type, new Float32Array(20_000))),
    type,
  );
  return [linkPlan(compilePlan(computation, { laneSize: 1 })), clients];
}
