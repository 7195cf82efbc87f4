import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  federatedValue,
  federatedZip,
  float32,
  float64,
  int32,
  iterativeProcess,
  type Tensor,
  toValue,
} from '@starling/federated-core';
import { type CohortSampler, populationOf } from '@starling/population';
import { assert, describe, expect, test } from 'vitest';
import type { Checkpoint, CheckpointStore, MetricsRow } from '../checkpoints/checkpoint-store.js';
import { formatDifference, identityDifferences, OtherRunError } from '../checkpoints/run-identity.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { type RoundRecord, type RunOptions, runRounds } from './run-rounds.js';

const add = localComputation({ left: float32(), right: float32() }, ({ left, right }) => tf.add(left, right));

/** The state grows each round by the mean of what the cohort holds, times the server's `pace`. */
const growth = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(100, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), pace: atServer(float32()), value: atClients(float32()) },
    ({ state, pace, value }) => {
      const step = localComputation({ mean: float32(), pace: float32() }, (each) =>
        tf.mul(each.mean, each.pace),
      );
      const mean = federatedMean(value);
      return {
        state: federatedMap(add, { left: state, right: federatedMap(step, { mean, pace }) }),
        metrics: federatedZip({ mean, clients: federatedSum(federatedValue(1, 'CLIENTS', int32())) }),
      };
    },
  ),
});

/** Clients 0 to 5 hold their own number; round n has clients n − 1 and n, client 5 has NaN. */
const population = populationOf(
  [0, 1, 2, 3, 4, Number.NaN].map((value) => toValue(float32(), value)),
  float32(),
);
const neighbours: CohortSampler = { name: 'neighbours', sample: (round) => [round - 1, round] };

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  process: growth,
  arguments: { pace: 2 },
  runtime: inProcessRuntime(),
  population,
  sampler: neighbours,
  rounds: 3,
  seed: 1,
  ...more,
});

/** A store in memory, which keeps and compares what a disk would. */
function memoryStore(): CheckpointStore & { checkpoints: Checkpoint[]; rows: MetricsRow[] } {
  const checkpoints: Checkpoint[] = [];
  const rows: MetricsRow[] = [];
  return {
    checkpoints,
    rows,
    resume(identity, onOtherRun) {
      const last = checkpoints.at(-1);
      if (last === undefined) return null;
      const differences = identityDifferences(last.identity, identity);
      if (differences.length > 0 && onOtherRun === undefined) throw new OtherRunError('memory', differences);
      if (differences.length > 0) onOtherRun?.(differences);
      return last;
    },
    save: (checkpoint) => void checkpoints.push(checkpoint),
    record: (row) => void rows.push(row),
  };
}

const numberOf = (leaves: readonly Tensor[]): number => Number(leaves[0]!.data[0]);

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

  test('`runRounds` ends in the same state when it is taken up again from a checkpoint', async () => {
    const whole = await runRounds(options({ rounds: 4 }));
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 2, checkpoints }));
    const rounds: number[] = [];
    const resumed = await runRounds(
      options({ rounds: 4, checkpoints, onRound: ({ round }) => void rounds.push(round) }),
    );
    assert.deepEqual(rounds, [3, 4]);
    assert.equal(resumed.stateHash, whole.stateHash);
    assert.deepEqual(
      checkpoints.rows.map(({ round }) => round),
      [1, 2, 3, 4],
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
    ['sampler', { sampler: { name: 'all', sample: () => [0, 1, 2, 3] } }, ['sampler.cohortSize']],
  ])(
    '`runRounds` refuses a checkpoint of another %s, and takes it up when told to',
    async (_, change, fields) => {
      const checkpoints = memoryStore();
      const settings = { clients: 40 };
      await runRounds(options({ rounds: 2, checkpoints, settings }));
      const changed = options({ rounds: 3, checkpoints, settings, ...change });
      await expect(runRounds(changed)).rejects.toMatchObject({ code: 'bad-checkpoint' });
      const told: string[] = [];
      const result = await runRounds({
        ...changed,
        onOtherRun: (differences) => void told.push(...differences.map(formatDifference)),
      });
      for (const field of fields) expect(told.join('\n')).toContain(`${field}: `);
      assert.equal(result.rounds, 3);
      // From then on the directory holds the new run.
      await runRounds({ ...changed, rounds: 4 });
    },
  );

  test('`runRounds` takes a run up again with more rounds, and on another runtime', async () => {
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 2, checkpoints, settings: { clients: 40 } }));
    const runtime = { ...inProcessRuntime(), name: 'threads' as const };
    const settings = { clients: 40 };
    const resumed = await runRounds(options({ rounds: 4, checkpoints, settings, runtime, minReports: 1 }));
    assert.equal(resumed.rounds, 4);
  });

  test('`runRounds` throws when it is told to take up a state that its plan cannot go on with', async () => {
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 2, checkpoints }));
    const last = checkpoints.checkpoints.at(-1)!;
    checkpoints.checkpoints.push({ ...last, leaves: [toValue(float64(), 1) as Tensor] });
    await expect(runRounds(options({ rounds: 3, checkpoints }))).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: 'Cannot resume: need a state that the plan can go on with, got another',
    });
  });

  test('`runRounds` commits a round before it tells of it, every so many rounds and at the last', async () => {
    const checkpoints = memoryStore();
    const seen: number[][] = [];
    await runRounds(
      options({
        rounds: 3,
        checkpoints,
        checkpointEvery: 2,
        onRound: () => void seen.push(checkpoints.checkpoints.map(({ round }) => round)),
      }),
    );
    assert.deepEqual(seen, [[], [2], [2, 3]]);
    assert.deepEqual(checkpoints.checkpoints[0]!.names, ['value']);
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
        evaluate: { every: 2, run: (state, round) => ({ round, state: numberOf([state as Tensor]) }) },
        onRound: ({ evaluation }) => void evaluations.push(evaluation),
      }),
    );
    assert.deepEqual(evaluations, [undefined, { round: 2, state: 104 }, { round: 3, state: 109 }]);
    assert.deepEqual(result.evaluation, { round: 3, state: 109 });
  });

  test('`runRounds` throws when fewer clients than asked for report, and says why', async () => {
    // Client 5, of NaN, is in round 5.
    await expect(runRounds(options({ rounds: 5, minReports: 2 }))).rejects.toMatchObject({
      code: 'too-few-reports',
      message: expect.stringMatching(
        /round 5: need 2 reports, got 1 of 2; client-5 was rejected \(non-finite-update\)/,
      ),
    });
  });

  test('`runRounds` keeps the state over a failed round when told to go on', async () => {
    const failures: [number, string][] = [];
    const sampler: CohortSampler = { name: 'gap', sample: (round) => (round === 2 ? [5] : [3, 4]) };
    const result = await runRounds(
      options({ sampler, onFailedRound: ({ round, error }) => void failures.push([round, error.code]) }),
    );
    assert.deepEqual(failures, [[2, 'empty-aggregate']]);
    // Rounds 1 and 3 add 2 · 3.5 each.
    assert.equal(numberOf(result.state), 114);
    assert.equal(result.rounds, 3);
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

  test('`runRounds` ends, with the state as it was, when a sampler draws a client twice, even where failed rounds pass', async () => {
    const checkpoints = memoryStore();
    const sampler: CohortSampler = {
      name: 'twice',
      sample: (round) => (round === 3 ? [0, 0, 0, 1] : [3, 4]),
    };
    const running = runRounds(options({ sampler, checkpoints, onFailedRound: () => {} }));
    await expect(running).rejects.toMatchObject({
      code: 'bad-cohort',
      message:
        'Cannot run a round with a cohort of population: need each client once, got client 0 at positions 0 and 1',
    });
    assert.deepEqual(
      checkpoints.checkpoints.map(({ round }) => round),
      [1, 2],
    );
  });

  test('`runRounds` throws when an argument is missing, unknown, or the source is not one', async () => {
    await expect(runRounds(options({ arguments: {} }))).rejects.toThrow(
      /needs an argument 'pace' of float32/,
    );
    await expect(runRounds(options({ arguments: { pace: 1, peace: 1 } }))).rejects.toThrow(
      /no argument 'peace'/,
    );
    await expect(runRounds(options({ computation: growth.next }))).rejects.toThrow(/not both/);
  });
});
