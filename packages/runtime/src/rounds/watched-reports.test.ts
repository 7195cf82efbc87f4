import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedCollect,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedValue,
  float32,
  iterativeProcess,
  toValue,
} from '@starling/federated-core';
import { everyoneSampler, populationOf, powerOfChoiceSampler } from '@starling/population';
import { memoryStore, type RunStore } from '@starling/store';
import { describe, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { replayRun } from '../replay/replay-run.js';
import { runRounds } from './run-rounds.js';

const add = localComputation({ state: float32(), mean: float32() }, ({ state, mean }) => tf.add(state, mean));
/** Adds up the means of what clients hold, and shows the server each of these numbers. */
const process = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), value: atClients(float32()) },
    ({ state, value }) => {
      const mean = federatedMean(value);
      return {
        state: federatedMap(add, { state, mean }),
        metrics: { mean, losses: federatedCollect(value) },
      };
    },
  ),
});
const values = [1, 2, 3, 4, 5, 6];
const population = populationOf(
  values.map((value) => toValue(float32(), value)),
  float32(),
);
const sampler = powerOfChoiceSampler({ cohortSize: 2, candidates: 6, watches: 'losses' });
const options = { process, population, sampler, runtime: inProcessRuntime(), seed: 1 } as const;

/** The cohorts of a run, and the hash of its state. */
async function run(rounds: number, store?: RunStore) {
  const cohorts: (readonly string[])[] = [];
  const { stateHash } = await runRounds({
    ...options,
    rounds,
    ...(store !== undefined && { store }),
    onRound: ({ reports }) => void cohorts.push(reports.map(({ client }) => client)),
  });
  return { cohorts, stateHash };
}

describe('runRounds with a sampler that watches a metric', () => {
  test('draws whom it has not heard of, and then those of the greatest last loss', async () => {
    const { cohorts } = await run(6);
    // Six clients, two a round: after three rounds all have reported, and the last two have the greatest numbers.
    expect(cohorts.slice(0, 3).flat().sort()).toEqual(values.map((value) => `client-${value - 1}`));
    expect(cohorts.slice(3)).toEqual(Array(3).fill(['client-5', 'client-4']));
  });

  test('draws the same once it is taken up again', async () => {
    const whole = await run(6);
    const store = memoryStore();
    const first = await run(2, store);
    const rest = await run(6, store);
    expect([...first.cohorts, ...rest.cohorts]).toEqual(whole.cohorts);
    expect(rest.stateHash).toBe(whole.stateHash);
  });

  test('keeps the names of its cohorts, by which it is replayed', async () => {
    const store = memoryStore();
    await run(5, store);
    const [found] = await store.list();
    const replayed = await replayRun({ ...options, store, run: found!.run });
    expect(replayed.map(({ round, counted }) => [round, counted])).toEqual(
      [1, 2, 3, 4, 5].map((round) => [round, 2]),
    );
    for (const { committed, replayed: again } of replayed) expect(again).toBe(committed);
  });

  test('ends where its metric is no number of each client that counts', async () => {
    const watching = (watches: string) =>
      runRounds({
        ...options,
        sampler: powerOfChoiceSampler({ cohortSize: 2, candidates: 6, watches }),
        rounds: 2,
      });
    await expect(watching('mean')).rejects.toMatchObject({
      code: 'bad-cohort',
      message: expect.stringMatching(
        /^Cannot sample by power-of-choice after round 1: the metric 'mean', which it watches, must have a number for each of 2 clients that count, as federatedCollect gives, got [\d.]+/,
      ),
    });
    await expect(watching('evaluation.losses')).rejects.toThrow('got undefined');
    const asynchronous = { concurrency: 2, buffer: 1 };
    await expect(runRounds({ ...options, rounds: 1, asynchronous })).rejects.toThrow(
      'with asynchronous, sampler must not go by what clients report, as cohorts are drawn ahead, got power-of-choice',
    );
    const { rounds } = await runRounds({ ...options, sampler: everyoneSampler(), rounds: 1 });
    expect(rounds).toBe(1);
  });
});
