// A process whose states are known by arithmetic, with a sampler and a population, and what a store has kept of it:
// what the tests of the round loop run.
import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  federatedValue,
  federatedZip,
  float32,
  int32,
  iterativeProcess,
  type Tensor,
  toValue,
} from '@starling/federated-core';
import { type CohortSampler, populationOf } from '@starling/population';
import type { RunStore } from '@starling/store';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { recordOfRun } from '../kept/record-of-run.js';
import { encodeState } from '../kept/state-file.js';
import type { RecordLine } from '../record/record-line.js';
import type { RunOptions } from '../rounds/run-options.js';

export const add = localComputation({ left: float32(), right: float32() }, ({ left, right }) =>
  tf.add(left, right),
);

/** The state grows each round by the mean of what the cohort holds, times the server's `pace`. */
export const growth = iterativeProcess({
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
export const population = populationOf(
  [0, 1, 2, 3, 4, Number.NaN].map((value) => toValue(float32(), value)),
  float32(),
);
export const neighbours: CohortSampler = { name: 'neighbours', sample: ({ round }) => [round - 1, round] };

export const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  process: growth,
  arguments: { pace: 2 },
  runtime: inProcessRuntime(),
  population,
  sampler: neighbours,
  rounds: 3,
  seed: 1,
  ...more,
});

/** Rounds of the one run of a store that were committed with their state. */
export async function keptRounds(store: RunStore): Promise<readonly number[]> {
  const { commits } = await store.read((await store.list())[0]!.run);
  return commits.filter(({ state }) => state !== null).map(({ round }) => round);
}

/** The record of that run. */
export async function linesOf(store: RunStore): Promise<readonly RecordLine[]> {
  return recordOfRun(await store.journal((await store.list())[0]!.run));
}

/** Commits a state to that run as its next round, as no loop does. */
export async function forceState(store: RunStore, leaf: Tensor): Promise<void> {
  const open = await store.open((await store.list())[0]!.run);
  const { history, state } = open.found!;
  const round = state!.round + 1;
  await open.start(history.identity);
  await open.begin({ round, attempt: 1, cohort: { size: 0, digest: '' }, seed: [1, round] });
  const bytes = encodeState({ round, names: ['value'], leaves: [leaf] });
  const commit = { round, attempt: 1, counted: [], lost: [], metrics: null };
  await open.commit({ ...commit, state: () => bytes });
  await open.close();
}

export const numberOf = (leaves: readonly Tensor[]): number => Number(leaves[0]!.data[0]);
