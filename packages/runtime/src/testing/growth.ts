// A process whose states are known by arithmetic, with a sampler, a population and a store in memory: what the tests of
// the round loop run.
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
import type { Checkpoint, CheckpointStore } from '../checkpoints/checkpoint-store.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
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

/** A store in memory. */
export function memoryStore(): CheckpointStore & { checkpoints: Checkpoint[]; lines: RecordLine[] } {
  const checkpoints: Checkpoint[] = [];
  const lines: RecordLine[] = [];
  const bests: Checkpoint[] = [];
  return {
    name: 'memory',
    checkpoints,
    lines,
    resume(accept) {
      const last = checkpoints.at(-1) ?? null;
      if (last !== null) accept(last);
      return last;
    },
    save(checkpoint, best) {
      checkpoints.push(checkpoint);
      if (best !== undefined) bests.push(best);
    },
    best: () => bests.find(({ round }) => round === checkpoints.at(-1)?.best?.round) ?? null,
    record: (line) => void lines.push(line),
    flush: () => {},
  };
}

export const numberOf = (leaves: readonly Tensor[]): number => Number(leaves[0]!.data[0]);
