import { localComputation, random, sequenceReduce, tf } from '@starling/compute';
import { eagerRunner } from '@starling/compute/eager';
import {
  atClients,
  atServer,
  deriveSeed,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedValue,
  float32,
  iterativeProcess,
  type LocalComputation,
  seedFrom,
  sequence,
  toValue,
} from '@starling/federated-core';
import { clientSeed, roundSeed } from '@starling/federated-core/plan';
import { populationOf } from '@starling/population';
import { memoryStore } from '@starling/store';
import { assert, describe, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { earlierState } from '../kept/earlier-state.js';
import { runRounds } from '../rounds/run-rounds.js';
import { drawnBy } from '../testing/drawn-by.js';
import { options } from '../testing/growth.js';
import { compareLeaves } from './compare-leaves.js';
import { replayClient } from './replay-client.js';
import type { ReplayOptions } from './replay-options.js';

const { rounds: _, ...growthRun } = options();
const replay = (more: Partial<ReplayOptions>) =>
  replayClient({ ...growthRun, runner: eagerRunner().run, round: 1, client: 'client-1', ...more });

const numbers = (leaves: readonly { readonly data: ArrayLike<unknown> }[] | null) =>
  leaves?.map(({ data }) => Array.from(data)) ?? null;

/** Each client walks its numbers with noise, from the server's; the state is the mean of where they end. */
const walk = localComputation(
  { data: sequence(float32()), from: float32() },
  ({ data, from }) =>
    sequenceReduce(data.shuffle().batch(2), from, (at, batch, mask) =>
      tf.add(tf.mul(at, 0.5), tf.add(tf.sum(tf.mul(batch, mask)), random.normal([]))),
    ),
  { name: 'walk' },
);
const walking = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(1, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), data: atClients(sequence(float32())) },
    ({ state, data }) => {
      const mean = federatedMean(federatedMap(walk, { data, from: federatedBroadcast(state) }));
      return { state: mean, metrics: mean };
    },
  ),
});
const type = sequence(float32());
const walkers = populationOf(
  [[1, 2, 3], [4], [5, 6, 7, 8]].map((values) => toValue(type, values)),
  type,
);
const everyone = { name: 'everyone', sample: () => [2, 0, 1] };
const walkingRun = { process: walking, arguments: {}, population: walkers, sampler: everyone };

describe('replayClient', () => {
  test('`replayClient` gives what a client held, was sent and sent back, on both sides', async () => {
    // State 100, then 100 + 2 · 0.5, then + 2 · 1.5: round 3 has clients 2 and 3.
    const { start, phases } = await replay({ round: 3, client: 'client-3' });
    expect(start).toMatchObject({ name: 'client-3', index: 3, position: 1, cohortSize: 2, round: 3 });
    assert.deepEqual(numbers(start.data?.map(({ leaf }) => leaf) ?? null), [[3]]);
    const [phase] = phases;
    assert.lengthOf(phases, 1);
    assert.deepEqual(
      phase?.leaves.map(({ intrinsic }) => intrinsic),
      ['federatedMean', 'federatedSum'],
    );
    for (const side of [phase?.sent, phase?.replayed]) {
      assert.deepEqual(numbers(side?.update ?? null), [[3], [1]]);
      assert.deepEqual(side?.report, { client: 'client-3', status: 'accepted' });
    }
  });

  test('`replayClient` replays the attempt that counted, where a store has it, with its cohort and seed', async () => {
    const store = memoryStore();
    // Client 5 has NaN, so that the first attempt at round 2 counts nobody.
    const sampler = drawnBy((round, attempt) => (round === 2 && attempt === 1 ? [5] : [2, 3]));
    await runRounds(options({ store, sampler, rounds: 2 }));
    const kept = { store: earlierState(store, 1), sampler, round: 2 };
    const { start, phases } = await replay({ ...kept, client: 'client-3' });
    expect(start).toMatchObject({ attempt: 2, position: 1, cohortSize: 2 });
    const second = deriveSeed(roundSeed(seedFrom(1), 2), 'attempt', 2);
    assert.deepEqual(start.seed, clientSeed(second, 'client-3'));
    assert.deepEqual(numbers(phases[0]?.sent.update ?? null), [[3], [1]]);
    await expect(replay({ ...kept, client: 'client-5' })).rejects.toMatchObject({ code: 'no-such-client' });
    // Without what was kept, nothing is known but the first attempt.
    const { store: _, ...first } = kept;
    expect((await replay({ ...first, client: 'client-5' })).start.attempt).toBe(1);
  });

  test('`replayClient` needs the state before of a run whose clients were those that were there', async () => {
    const inner = inProcessRuntime();
    const runtime: typeof inner = {
      ...inner,
      async open(plan, population) {
        const session = await inner.open(plan, population);
        return {
          ...session,
          present(tell) {
            for (const client of [1, 2, 3]) tell(client, true);
          },
        };
      },
    };
    const store = memoryStore(); // keeps the last two states: of rounds 3 and 4
    await runRounds(options({ store, runtime, present: { overSelection: 1 }, rounds: 4 }));
    const replayOf = async (round: number) => {
      const asked = (await store.read((await store.list())[0]!.run)).attempts.find(
        (each) => each.round === round,
      )!;
      const [client] = asked.cohort.clients!;
      return replay({ store: earlierState(store, round - 1), round, client: client! });
    };
    const { start, phases } = await replayOf(4);
    assert.strictEqual(start.position, 0);
    assert.deepEqual(phases[0]?.sent.report, phases[0]?.replayed.report);
    await expect(replayOf(3)).rejects.toMatchObject({
      code: 'not-replayable',
      message: expect.stringMatching(/need the state of round 2, .* got those of none\. .*keepEvery: 1/),
    });
  });

  test('`replayClient` sends the state of the rounds before, and the runner draws what the engine drew', async () => {
    const { start, phases } = await replay({ ...walkingRun, round: 4, client: 'client-2' });
    const states: number[] = [];
    await runRounds({
      ...options(),
      ...walkingRun,
      rounds: 3,
      onRound: ({ state }) => void states.push(Number(state[0]?.data[0])),
    });
    assert.deepEqual(numbers(start.sent[0]?.map(({ leaf }) => leaf) ?? null), [[states[2]]]);
    const [sent] = phases[0]?.sent.update ?? [];
    const [replayed] = phases[0]?.replayed.update ?? [];
    assert.isTrue(compareLeaves(sent!, replayed!).agrees);
    // Noise: no sum of whole and half numbers.
    assert.notEqual((Number(sent?.data[0]) * 2 ** 10) % 1, 0);
  });

  test('`replayClient` says why a client was refused, and keeps the update that was', async () => {
    const { phases } = await replay({ round: 5, client: 'client-5' });
    const [{ sent, replayed } = assert.fail()] = phases;
    for (const side of [sent, replayed]) {
      expect(side.report).toMatchObject({ status: 'rejected', code: 'non-finite-update' });
      assert.deepEqual(numbers(side.update), [[Number.NaN], [1]]);
    }
  });

  test('`replayClient` gives what the work threw', async () => {
    const problem = new Error('from the body');
    const runner = (): never => {
      throw problem;
    };
    const { phases } = await replay({ ...walkingRun, runner });
    assert.equal(phases[0]?.sent.report.status, 'accepted');
    assert.isNull(phases[0]?.replayed.update);
    expect(phases[0]?.replayed.error).toMatchObject({ code: 'computation-failed', cause: problem });
  });

  test('`replayClient` runs earlier phases for the cohort, so that later ones are sent what they were', async () => {
    const distance = localComputation({ mean: float32(), value: float32() }, ({ mean, value }) =>
      tf.squaredDifference(value, mean),
    );
    // The variance of what clients hold: their mean comes down in a second phase.
    const computation = federatedComputation(atClients(float32()), (value) =>
      federatedMean(federatedMap(distance, { mean: federatedBroadcast(federatedMean(value)), value })),
    );
    const { process: __, arguments: ___, ...rest } = growthRun;
    const { start, phases } = await replayClient({
      ...rest,
      computation,
      runtime: inProcessRuntime(),
      runner: eagerRunner().run,
      sampler: { name: 'three', sample: () => [0, 1, 4] },
      round: 1,
      client: 'client-4',
    });
    // Mean 5/3; (4 − 5/3)² = 49/9.
    assert.closeTo(Number(start.sent[1]?.[0]?.leaf.data[0]), 5 / 3, 1e-6);
    assert.deepEqual(numbers(phases[0]?.sent.update ?? null), [[4]]);
    assert.closeTo(Number(phases[1]?.replayed.update?.[0]?.data[0]), 49 / 9, 1e-5);
  });

  test('`replayClient` names the clients that were asked when it is given another', async () => {
    await expect(replay({ round: 2, client: 'client-4' })).rejects.toMatchObject({
      code: 'no-such-client',
      message:
        "Cannot replay client 'client-4' in round 2: need one of the 2 that were asked (client-1, client-2), got one that was not",
    });
    await expect(replay({ round: 0 })).rejects.toThrow(RangeError);
  });

  test('`replayClient` says when no client has the name, and which is meant', async () => {
    const need =
      /in round 2: need a name that one of the \d+ clients of \S+ has, such as 'client-0', got one that none/;
    await expect(replay({ round: 2, client: '3' })).rejects.toMatchObject({ code: 'no-such-client' });
    await expect(replay({ round: 2, client: '3' })).rejects.toThrow(need);
    await expect(replay({ round: 2, client: '3' })).rejects.toThrow("The client of index 3 is 'client-3'");
    await expect(replay({ round: 2, client: 'cleint-1' })).rejects.toThrow("did you mean 'client-1'?");
  });

  test('`replayClient` tells what a client begins from before its work is replayed', async () => {
    const told: string[] = [];
    const { run } = eagerRunner();
    await replay({
      ...walkingRun,
      onStart: ({ name }) => void told.push(name),
      runner: (computation: LocalComputation, ...rest) => {
        told.push(computation.name);
        return run(computation, ...rest);
      },
    });
    assert.deepEqual(told, ['client-1', 'walk']);
  });
});
