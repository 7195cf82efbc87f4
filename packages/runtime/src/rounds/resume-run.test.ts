import {
  atClients,
  federatedComputation,
  federatedSum,
  float32,
  float64,
  iterativeProcess,
  type Tensor,
  toValue,
} from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { memoryStore, type RunStore } from '@starling/store';
import { assert, describe, expect, test } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { formatDifference } from '../kept/run-identity.js';
import { drawnBy } from '../testing/drawn-by.js';
import { forceState, growth, keptRounds, linesOf, numberOf, options } from '../testing/growth.js';
import { watchedRuntime } from '../testing/watched-runtime.js';
import type { RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

describe('resumeRun', () => {
  test('`runRounds` ends in the same state when it is taken up again from its store', async () => {
    const whole = await runRounds(options({ rounds: 4 }));
    const store = memoryStore();
    await runRounds(options({ rounds: 2, store }));
    const rounds: number[] = [];
    const resumed = await runRounds(
      options({ rounds: 4, store, onRound: ({ round }) => void rounds.push(round) }),
    );
    assert.deepEqual(rounds, [3, 4]);
    assert.equal(resumed.stateHash, whole.stateHash);
    assert.deepEqual(
      (await linesOf(store)).map((line) => (line.type === 'round' ? line.round : line.type)),
      ['run', 1, 2, 'done', 'run', 3, 4, 'done'],
    );
  });

  const numbers = (...values: number[]) =>
    populationOf(
      values.map((value) => toValue(float32(), value)),
      float32(),
    );
  test.each<[string, Partial<RunOptions>, readonly string[]]>([
    ['seed', { seed: 2 }, ['seed']],
    ['argument', { arguments: { pace: 3 } }, ['arguments']],
    ['setting', { settings: { clients: 100 } }, ['settings.clients']],
    ['data', { population: numbers(7, 1, 2, 3, 4, 5) }, ['population.data']],
    ['number of clients', { population: numbers(0, 1, 2, 3, 4) }, ['population.size', 'population.names']],
    ['engine', { engine: 'tfjs-cpu' }, ['engine.server: onnx → tfjs-cpu']],
    [
      'engine of the clients',
      { runtime: inProcessRuntime({ engine: 'tfjs-cpu' }) },
      ['engine.clients: onnx → tfjs-cpu'],
    ],
    ['sampler', { sampler: { name: 'all', sample: () => [0, 1, 2, 3] } }, ['sampler.cohortSize']],
  ])('`runRounds` refuses a run of another %s, and takes it up when told to', async (_, change, fields) => {
    const store = memoryStore();
    const settings = { clients: 40 };
    await runRounds(options({ rounds: 2, store, settings }));
    const changed = options({ rounds: 3, store, settings, ...change });
    await expect(runRounds(changed)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringMatching(/^Cannot resume from memory: need this very run/),
    });
    const told: string[] = [];
    const result = await runRounds({
      ...changed,
      onOtherRun: (differences) => void told.push(...differences.map(formatDifference)),
    });
    for (const field of fields)
      expect(told.join('\n')).toContain(field.includes(': ') ? field : `${field}: `);
    assert.equal(result.rounds, 3);
    // From then on the directory holds the new run.
    await runRounds({ ...changed, rounds: 4 });
  });

  test('`runRounds` takes a run up again with more rounds, and on another runtime', async () => {
    const store = memoryStore();
    await runRounds(options({ rounds: 2, store, settings: { clients: 40 } }));
    const runtime = { ...inProcessRuntime(), name: 'threads' as const };
    const settings = { clients: 40 };
    const resumed = await runRounds(options({ rounds: 4, store, settings, runtime, minReports: 1 }));
    assert.equal(resumed.rounds, 4);
  });

  test('`runRounds` takes a run up again on the same engine, chosen by its word or made', async () => {
    const store = memoryStore();
    const engine = await createEngine('tfjs-cpu');
    await runRounds(options({ rounds: 1, store, engine, runtime: inProcessRuntime({ engine }) }));
    await runRounds(
      options({
        rounds: 2,
        store,
        engine: 'tfjs-cpu',
        runtime: inProcessRuntime({ engine: 'tfjs-cpu' }),
      }),
    );
    // Where clients choose for themselves, the server's engine is all that is known.
    const { engine: _, ...runtime } = inProcessRuntime({ engine });
    const result = await runRounds(options({ rounds: 3, store, engine, runtime }));
    assert.equal(result.rounds, 3);
    await engine.dispose();
  });

  test('`runRounds` refuses settings that are no plain data, and tells NaN from an infinity', async () => {
    const store = memoryStore();
    await runRounds(options({ rounds: 1, store, settings: { rate: Number.NaN } }));
    const infinite = { rate: Number.POSITIVE_INFINITY };
    await expect(runRounds(options({ rounds: 2, store, settings: infinite }))).rejects.toThrow(
      /settings\.rate: NaN → Infinity$/,
    );
    const settings = { rates: new Map([[1, 2]]) };
    await expect(runRounds(options({ rounds: 2, store, settings }))).rejects.toMatchObject({
      code: 'bad-run',
    });
  });

  test('`runRounds` throws when it is told to take up a state that its plan cannot continue with', async () => {
    const store = memoryStore();
    await runRounds(options({ rounds: 2, store }));
    await forceState(store, toValue(float64(), 1) as Tensor);
    // With `onOtherRun` and without: the run is not taken up, and no differences are reported.
    const told: unknown[] = [];
    for (const more of [{}, { seed: 2, onOtherRun: (found: unknown) => void told.push(found) }]) {
      await expect(runRounds(options({ rounds: 3, store, ...more }))).rejects.toMatchObject({
        code: 'bad-checkpoint',
        message: expect.stringMatching(
          /^Cannot resume from memory: need a state that fits the plan, got another: .* need a tensor float32, got float64\[\]$/,
        ),
      });
    }
    assert.deepEqual(told, []);
  });

  test('`runRounds` leaves a store as it was when the state in it is not finite', async () => {
    const process = iterativeProcess(growth, { finiteState: true });
    const store = memoryStore();
    await runRounds(options({ process, rounds: 2, store }));
    await forceState(store, toValue(float32(), Number.NaN) as Tensor);
    const before = await recordsOf(store);
    await expect(runRounds(options({ process, rounds: 3, store }))).rejects.toMatchObject({
      code: 'non-finite-state',
      message: expect.stringMatching(
        /^Cannot continue from round 3: every number of the state must be finite, got NaN/,
      ),
    });
    assert.deepEqual(await recordsOf(store), before);
  });

  const recordsOf = async (store: RunStore) => store.journal((await store.list())[0]!.run);

  test('`runRounds` ends in the same state when it is broken off in any attempt, those that failed before among them', async () => {
    // Round 2 fails twice; of round 3 the first attempt does.
    const sampler = drawnBy((round, attempt) => {
      const fails = (round === 2 && attempt < 3) || (round === 3 && attempt === 1);
      return fails ? [5] : [0, attempt];
    });
    const heard = { onRound() {}, onFailedRound() {} };
    const common = { sampler, rounds: 4, maxAttempts: 3, ...heard };
    const whole = await runRounds(options(common));
    for (let brokenOff = 1; brokenOff <= 7; brokenOff++) {
      const store = memoryStore();
      let asked = 0;
      const asks: string[] = [];
      const runtime = watchedRuntime(({ round, attempt }) => {
        asks.push(`${round}.${attempt}`);
        if (++asked === brokenOff) throw new Error('killed');
      });
      await expect(runRounds(options({ ...common, store, runtime }))).rejects.toThrow('killed');
      const resumed = await runRounds(options({ ...common, store, runtime }));
      assert.equal(resumed.stateHash, whole.stateHash);
      // The attempt that was broken off is made again, and no other.
      const each = ['1.1', '2.1', '2.2', '2.3', '3.1', '3.2', '4.1'];
      assert.deepEqual(asks, [...each.slice(0, brokenOff), ...each.slice(brokenOff - 1)]);
    }
  });

  test('`runRounds` has as many attempts again when it had failed, and goes on from those before', async () => {
    const store = memoryStore();
    const failed: number[] = [];
    const common = {
      store,
      rounds: 1,
      onRound() {},
      onFailedRound: ({ attempt }: { attempt: number }) => void failed.push(attempt),
    };
    const sampler = drawnBy((_, attempt) => (attempt < 5 ? [5] : [3]));
    await expect(runRounds(options({ ...common, sampler }))).rejects.toMatchObject({
      code: 'empty-aggregate',
    });
    await runRounds(options({ ...common, sampler }));
    assert.deepEqual(failed, [1, 2, 3, 4]);
  });

  test('`runRounds` begins anew when another run is found of which no round counts', async () => {
    const store = memoryStore();
    const broken = options({ store, sampler: { name: 'nobody', sample: () => [5] } });
    await expect(runRounds(broken)).rejects.toMatchObject({ code: 'empty-aggregate' });
    const { rounds, stateHash } = await runRounds(options({ store }));
    assert.equal(rounds, 3);
    assert.equal(stateHash, (await runRounds(options())).stateHash);
  });

  test('`runRounds` gives what the run gave when all its rounds are done, of a computation too', async () => {
    const computation = federatedComputation({ value: atClients(float32()) }, ({ value }) =>
      federatedSum(value),
    );
    const { process: _, arguments: __, ...rest } = options();
    for (const run of [options(), { ...rest, computation }]) {
      const store = memoryStore();
      const first = await runRounds({ ...run, store });
      const again = await runRounds({ ...run, store });
      assert.deepEqual([again.rounds, again.stateHash], [3, first.stateHash]);
      assert.equal(numberOf(again.state), numberOf(first.state));
    }
  });

  test('`runRounds` refuses to end before what is done', async () => {
    const store = memoryStore();
    await runRounds(options({ rounds: 3, store }));
    await expect(runRounds(options({ rounds: 2, store }))).rejects.toMatchObject({
      code: 'impossible-rounds',
      message: 'Cannot resume from memory: 3 rounds of the run are done, need at least as many, got 2',
    });
  });

  test('`runRounds` keeps runs by name, and asks which when there are several', async () => {
    const store = memoryStore();
    await runRounds(options({ store, run: 'one', rounds: 2 }));
    await runRounds(options({ store, run: 'two', rounds: 1, seed: 2 }));
    assert.deepEqual(
      (await store.list()).map(({ run, rounds }) => [run, rounds]),
      [
        ['one', 2],
        ['two', 1],
      ],
    );
    await expect(runRounds(options({ store }))).rejects.toThrow(
      /holds 2 runs, need 'run' to name one of them/,
    );
    await runRounds(options({ store, run: 'one', rounds: 3 }));
    await expect(runRounds(options({ store, run: '../x' }))).rejects.toMatchObject({ code: 'store-misused' });
  });

  test('`runRounds` lets nobody else write to its run, until it has ended', async () => {
    const store = memoryStore();
    const second = () => runRounds(options({ store, run: 'one' }));
    const first = runRounds(
      options({
        store,
        run: 'one',
        onRound: async ({ round }) => {
          if (round === 2) await expect(second()).rejects.toMatchObject({ code: 'store-locked' });
        },
      }),
    );
    assert.equal((await first).rounds, 3);
    await second();
  });

  test('`runRounds` keeps the state of each round for which there is reason', async () => {
    const store = memoryStore();
    await runRounds(options({ store, rounds: 4, checkpointEvery: 3 }));
    assert.deepEqual(await keptRounds(store), [3, 4]);
    // Rounds after the last state that is kept are run again.
    const another = memoryStore();
    const broken = options({
      store: another,
      rounds: 4,
      checkpointEvery: 3,
      onRound: ({ round }) => {
        if (round === 2) throw new Error('killed');
      },
    });
    await expect(runRounds(broken)).rejects.toThrow('killed');
    const told: number[] = [];
    await runRounds({ ...broken, onRound: ({ round }) => void told.push(round) });
    assert.deepEqual(told, [1, 2, 3, 4]);
  });
});
