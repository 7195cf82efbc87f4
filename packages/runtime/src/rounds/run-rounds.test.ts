import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedValue,
  float32,
  float64,
  StarlingError,
  type Tensor,
  toValue,
} from '@starling/federated-core';
import { type CohortSampler, populationOf } from '@starling/population';
import { memoryStore } from '@starling/store';
import { assert, describe, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RecordLine } from '../record/record-line.js';
import { drawnBy } from '../testing/drawn-by.js';
import { add, growth, keptRounds, linesOf, numberOf, options } from '../testing/growth.js';
import type { RoundRecord, RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

describe('runRounds', () => {
  test('`runRounds` hands the state from round to round and tells of each', async () => {
    const records: RoundRecord[] = [];
    const result = await runRounds(options({ onRound: (record) => void records.push(record) }));
    // Cohorts (0,1), (1,2), (2,3): means 0.5, 1.5, 2.5, twice each: 100 + 1 + 3 + 5.
    assert.equal(numberOf(result.state), 109);
    assert.deepEqual(
      records.map(({ round, metrics, state }) => [round, metrics, numberOf(state)]),
      [
        [1, { mean: 0.5, clients: 2 }, 101],
        [2, { mean: 1.5, clients: 2 }, 104],
        [3, { mean: 2.5, clients: 2 }, 109],
      ],
    );
    assert.deepEqual(
      [result.rounds, result.interrupted, result.metrics],
      [3, false, { mean: 2.5, clients: 2 }],
    );
  });

  test.each([
    [{ rounds: Number.NaN }, 'rounds must be a whole number >= 0, got NaN'],
    [{ rounds: -1 }, 'rounds must be a whole number >= 0, got -1'],
    [{ rounds: 1.5 }, 'rounds must be a whole number >= 0, got 1.5'],
    [{ rounds: '3' }, "rounds must be a whole number >= 0, got '3'"],
    [{ rounds: undefined }, 'rounds must be a whole number >= 0, got undefined'],
    [{ minReports: Number.NaN }, 'minReports must be a whole number >= 0, got NaN'],
    [{ minReports: -1 }, 'minReports must be a whole number >= 0, got -1'],
    [{ minReports: '1' }, "minReports must be a whole number >= 0, got '1'"],
    [{ checkpointEvery: 0 }, 'checkpointEvery must be a whole number >= 1, got 0'],
    [{ checkpointEvery: Number.NaN }, 'checkpointEvery must be a whole number >= 1, got NaN'],
    [{ seed: '3' }, "seed must be a whole number >= 0, got '3'"],
    [{ seed: -1 }, 'seed must be a whole number >= 0, got -1'],
    [{ evaluation: { every: 0, run: () => 0 } }, 'evaluation.every must be a whole number >= 1, got 0'],
  ])('`runRounds` refuses %o before anything runs', async (wrong, message) => {
    let opened = false;
    const runtime: RunOptions['runtime'] = {
      name: 'none',
      open: () => {
        opened = true;
        throw new Error('was opened');
      },
    };
    const running = runRounds(options({ ...(wrong as Partial<RunOptions>), runtime }));
    await expect(running).rejects.toThrow(RangeError);
    await expect(running).rejects.toThrow(`Cannot run rounds: ${message}\n    at `);
    expect(opened).toBe(false);
  });

  test('`runRounds` runs no round when it is asked for none', async () => {
    const result = await runRounds(options({ rounds: 0 }));
    expect([result.rounds, result.metrics, numberOf(result.state)]).toEqual([0, null, 100]);
  });

  test('`runRounds` asks a computation anew each round when there is no state', async () => {
    const computation = federatedComputation(
      { value: atClients(float32()), offset: atServer(float32()) },
      ({ value, offset }) =>
        federatedSum(federatedMap(add, { left: value, right: federatedBroadcast(offset) })),
    );
    const sums: unknown[] = [];
    const { process: _, ...rest } = options({
      arguments: { offset: 10 },
      onRound: ({ metrics }) => void sums.push(metrics),
    });
    const result = await runRounds({ ...rest, computation });
    assert.deepEqual(sums, [21, 23, 25]);
    assert.equal(numberOf(result.state), 25);
  });

  test('`runRounds` commits a round before it tells of it, every so many rounds and at the last', async () => {
    const store = memoryStore();
    const seen: (readonly number[])[] = [];
    await runRounds(
      options({
        rounds: 3,
        store,
        checkpointEvery: 2,
        onRound: async () => void seen.push(await keptRounds(store)),
      }),
    );
    assert.deepEqual(seen, [[], [2], [2, 3]]);
  });

  test('`runRounds` merges by the lane size that the run asks for', async () => {
    const tiny = 2 ** -53;
    const totals = await Promise.all(
      [1, 2].map(async (laneSize) => {
        const { state } = await runRounds({
          computation: federatedComputation(atClients(float64()), (value) => federatedSum(value)),
          laneSize,
          runtime: inProcessRuntime(),
          population: populationOf(
            [0, 1, tiny, tiny].map((value) => toValue(float64(), value)),
            float64(),
          ),
          sampler: { name: 'all', sample: () => [0, 1, 2, 3] },
          rounds: 1,
          seed: 1,
        });
        return numberOf(state);
      }),
    );
    // Lanes of one: ((0 + 1) + 2⁻⁵³) + 2⁻⁵³ = 1. Lanes of two: (0 + 1) + (2⁻⁵³ + 2⁻⁵³) = 1 + 2⁻⁵².
    assert.deepEqual(totals, [1, 1 + 2 ** -52]);
  });

  test('`runRounds` evaluates every so many rounds and at the last', async () => {
    const evaluations: unknown[] = [];
    const result = await runRounds(
      options({
        rounds: 3,
        evaluation: { every: 2, run: (state, round) => ({ round, state: numberOf([state as Tensor]) }) },
        onRound: ({ evaluation }) => void evaluations.push(evaluation),
      }),
    );
    assert.deepEqual(evaluations, [undefined, { round: 2, state: 104 }, { round: 3, state: 109 }]);
    assert.deepEqual(result.evaluation, { round: 3, state: 109 });
  });

  describe('of a process whose state is to be finite', () => {
    const grown = { ...growth, finiteState: true };
    const huge = populationOf(
      [3e38, 1].map((value) => toValue(float32(), value)),
      float32(),
    );
    /** Of round 1, the first two attempts add 2 · 3e38, beyond float32; all others 2 · 1. */
    const sampler = drawnBy((round, attempt) => [round === 1 && attempt < 3 ? 0 : 1]);

    test('`runRounds` throws when the new state is not finite, and commits nothing of the round', async () => {
      const store = memoryStore();
      const records: RoundRecord[] = [];
      const running = runRounds(
        options({
          process: grown,
          population: huge,
          sampler,
          store,
          maxAttempts: 2,
          onRound: (record) => void records.push(record),
        }),
      );
      await expect(running).rejects.toMatchObject({
        code: 'non-finite-state',
        message:
          'Cannot finish round 1: every number of the state must be finite, got Infinity in value (the last of 2 attempts)',
      });
      assert.deepEqual(records, []);
      assert.deepEqual(await keptRounds(store), []);
      assert.deepEqual(
        (await linesOf(store)).map(({ type }) => type),
        ['run', 'failed-round', 'failed-round', 'failed'],
      );
    });

    test('`runRounds` keeps the state over such an attempt', async () => {
      const failures: [number, string][] = [];
      const result = await runRounds(
        options({
          process: grown,
          population: huge,
          sampler,
          onFailedRound: ({ round, error }) => void failures.push([round, error.code]),
        }),
      );
      assert.deepEqual(failures, Array(2).fill([1, 'non-finite-state']));
      assert.equal(numberOf(result.state), 106); // 100 + 3 · 2 · 1
    });

    test('`runRounds` does not begin when the first state is not finite', async () => {
      const initialize = federatedComputation(null, () => federatedValue(Number.NaN, 'SERVER', float32()));
      const running = runRounds(options({ process: { ...grown, initialize }, onFailedRound: () => {} }));
      await expect(running).rejects.toMatchObject({
        code: 'non-finite-state',
        message: 'Cannot start: every number of the state must be finite, got NaN in value',
      });
    });
  });

  test('`runRounds` ends with the last committed state when it is aborted within a round', async () => {
    const controller = new AbortController();
    const runtime = inProcessRuntime();
    const slow: RunOptions['runtime'] = {
      ...runtime,
      async open(plan, clients) {
        const session = await runtime.open(plan, clients);
        return {
          ...session,
          runPhase(request) {
            if (request.round < 2) return session.runPhase(request);
            controller.abort();
            return new Promise(() => {}); // a phase that would never end
          },
        };
      },
    };
    const result = await runRounds(options({ runtime: slow, signal: controller.signal }));
    assert.deepEqual([result.rounds, result.interrupted, numberOf(result.state)], [1, true, 101]);
  });

  test('`runRounds` ends by the error that it is aborted with, where that is one of Starling', async () => {
    const controller = new AbortController();
    const lines: RecordLine[] = [];
    const running = runRounds(
      options({
        signal: controller.signal,
        onRecord: (line) => void lines.push(line),
        onRound: () => controller.abort(new StarlingError('clients-lost', 'Cannot continue')),
      }),
    );
    await expect(running).rejects.toMatchObject({ code: 'clients-lost' });
    expect(lines.map(({ type }) => type)).toEqual(['run', 'round', 'failed']);
    expect(lines.at(-1)).toMatchObject({ rounds: 1, failedRounds: 0, code: 'clients-lost' });
  });

  test('`runRounds` ends, with the state as it was, when a sampler draws a client twice', async () => {
    const store = memoryStore();
    const sampler: CohortSampler = {
      name: 'twice',
      sample: ({ round }) => (round === 3 ? [0, 0, 0, 1] : [3, 4]),
    };
    const running = runRounds(options({ sampler, store, onFailedRound: () => {} }));
    await expect(running).rejects.toMatchObject({
      code: 'bad-cohort',
      message: expect.stringMatching(
        /^Cannot run a round with a cohort of population: need each client once, got client 0 at positions 0 and 1\n {4}at /,
      ),
    });
    assert.deepEqual(await keptRounds(store), [1, 2]);
    assert.lengthOf((await store.read((await store.list())[0]!.run)).attempts, 2); // the third is none
  });

  test('`runRounds` tells of a round that is committed, also where the sampler then draws no other', async () => {
    const told: number[] = [];
    const sampler: CohortSampler = {
      name: 'once',
      sample({ round }) {
        if (round === 1) return [3, 4];
        throw new Error('no more');
      },
    };
    const running = runRounds(options({ sampler, onRound: ({ round }) => void told.push(round) }));
    await expect(running).rejects.toThrow('no more');
    assert.deepEqual(told, [1]);
  });

  test('`runRounds` throws when an argument is missing, unknown, or the source is not one', async () => {
    await expect(runRounds(options({ arguments: {} }))).rejects.toThrow(
      /needs an argument 'pace' of float32/,
    );
    await expect(runRounds(options({ arguments: { pace: 1, peace: 1 } }))).rejects.toThrow(
      /has the arguments pace, got 'peace'; did you mean 'pace'\?/,
    );
    await expect(runRounds(options({ computation: growth.next }))).rejects.toThrow(/not both/);
  });
});
