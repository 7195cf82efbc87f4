// What the runtime contract asks where numbers leave their range: a round whose aggregate or state is not finite fails,
// and the next one begins from the state before it.
import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  federatedValue,
  float32,
  float64,
  iterativeProcess,
  struct,
  toValue,
} from '@starling/federated-core';
import { type CohortSampler, populationOf } from '@starling/population';
import { assert, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RunOptions } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { Agreement, MakeRuntime } from './agreement.js';
import { floats, totalOf } from './contract-computations.js';
import { drawnBy } from './drawn-by.js';

const meanOfWide = federatedComputation(
  { value: atClients(float64()), weight: atClients(float64()) },
  ({ value, weight }) => federatedMean(value, { weight }),
  { name: 'meanOfWide' },
);

/** The state grows by what the cohort holds. */
const growth = (finiteState: boolean) =>
  iterativeProcess(
    {
      initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
      next: federatedComputation(
        { state: atServer(float32()), value: atClients(float32()) },
        ({ state, value }) => {
          const add = localComputation({ state: float32(), sum: float32() }, (each) =>
            tf.add(each.state, each.sum),
          );
          const sum = federatedSum(value);
          return { state: federatedMap(add, { state, sum }), metrics: { sum } };
        },
      ),
    },
    { finiteState },
  );

/** The cohorts of the rounds, in order. */
const cohorts = (...each: readonly (readonly number[])[]): CohortSampler => ({
  name: 'cohorts',
  sample: ({ round }) => each[round - 1] ?? [],
});

export function finiteContract(name: string, makeRuntime: MakeRuntime, { agreed }: Agreement): void {
  /** A run on the runtime under test, once it agrees with the in-process runtime; and the rounds that failed. */
  const run = async (
    options: Omit<RunOptions, 'runtime' | 'rounds' | 'seed'> & { readonly rounds: number },
  ) => {
    const results = [await makeRuntime(options.population), inProcessRuntime()].map(async (runtime) => {
      const failures: (readonly [round: number, code: string])[] = [];
      const result = await runRounds({
        ...options,
        runtime,
        seed: 1,
        onFailedRound: ({ round, error }) => void failures.push([round, error.code]),
      });
      return { hash: result.stateHash, state: result.state[0]!.data[0], failures };
    });
    const [tested, reference] = await Promise.all(results);
    assert.deepEqual(tested, reference);
    return tested!;
  };

  test(`\`${name}\` averages float64 values and weights near the end of their range`, async () => {
    // Weights 1, 1 and 2 of 4, of which neither the sum nor the products fit float64: 3/4 of 1e308; the 3 is nothing
    // beside it.
    const member = struct({ value: float64(), weight: float64() });
    const held = [
      { value: 1e308, weight: 8e307 },
      { value: 3, weight: 8e307 },
      { value: 1e308, weight: 16e307 },
    ].map((each) => toValue(member, each));
    const [outcome] = await agreed(meanOfWide, populationOf(held, member), [0, 1, 2], {
      serverArguments: {},
    });
    expect((outcome!.value as number) / 1e308).toBeCloseTo(0.75, 14);
  });

  test(`\`${name}\` fails an attempt when a sum is beyond its element type, and tries again`, async () => {
    // 3e38 + 3e38 is beyond float32; 1 + 2 is not.
    const population = floats([3e38, 3e38, 1, 2]);
    const sampler = drawnBy((_, attempt) => (attempt === 1 ? [0, 1] : [2, 3]));
    const result = await run({ computation: totalOf, population, sampler, rounds: 1 });
    assert.deepEqual(result.failures, [[1, 'non-finite-aggregate']]);
    assert.equal(result.state, 3);
  });

  test(`\`${name}\` keeps the state when the new one is not finite, where the process asks for that`, async () => {
    const population = floats([3e38, -1e38]);
    const sampler = cohorts([0], [0], [1]);
    const again = drawnBy((round, attempt) => (round === 2 && attempt === 2 ? [1] : [0]));
    const kept = await run({ process: growth(true), population, sampler: again, rounds: 2 });
    assert.deepEqual(kept.failures, [[2, 'non-finite-state']]);
    assert.equal(kept.state, Math.fround(Math.fround(3e38) + Math.fround(-1e38)));
    // A process that does not ask for it, such as a running minimum that starts at infinity, goes its way.
    const infinite = await run({ process: growth(false), population, sampler, rounds: 3 });
    assert.deepEqual(infinite.failures, []);
    assert.equal(infinite.state, Number.POSITIVE_INFINITY);
  });
}
