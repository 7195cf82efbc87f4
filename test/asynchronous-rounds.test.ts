// FedBuff in a run: what clients of three speeds come to, worked out by hand; and its bits on every runtime.
import { seedFrom, toValue } from '@starling/federated-core';
import { fedBuff, sgd } from '@starling/learning';
import { everyoneSampler, populationOf } from '@starling/population';
import { inProcessRuntime, type RunOptions, runRounds, threadsRuntime } from '@starling/runtime';
import mnist from '@starling/simulations/mnist';
import { assert, describe, expect, test } from 'vitest';
import { algorithms, clientsOf, linearModel } from './support/algorithms.js';

/** Of one example each, of x = (1, 0, 0, 0): the gradient of w₀ is w₀ − y, and a step of rate ½ is Δ = (y − w₀)/2. */
const targets = [2, 4, 8];
const data = targets.map((y) => ({ data: [{ x: [1, 0, 0, 0], y }] }));
const { dataType } = clientsOf(algorithms['fedBuff']!);
const constant = (ms: number) => ({ distribution: 'constant', ms }) as const;

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  process: fedBuff({ model: linearModel(), clientOptimizer: sgd({ learningRate: 0.5 }), batchSize: 1 }),
  population: populationOf(
    data.map((value) => toValue(dataType, value)),
    dataType,
  ),
  sampler: everyoneSampler(),
  runtime: inProcessRuntime(),
  rounds: 4,
  seed: 1,
  asynchronous: { buffer: 2, concurrency: 3 },
  // Clients 0 and 1 answer every 10 ms, client 2 only after 35: when three steps have been taken.
  faults: {
    stragglers: [
      { clients: [0, 1], latency: constant(10) },
      { clients: [2], latency: constant(35) },
    ],
  },
  ...more,
});

describe('fedBuff in asynchronous rounds', () => {
  test('is what the paper says, worked out by hand for three clients', async () => {
    const weights: number[] = [];
    const staleness: (readonly number[] | undefined)[] = [];
    await runRounds(
      options({
        onRound({ state, step }) {
          weights.push(Number(state[0]!.data[0]));
          staleness.push(step?.staleness);
        },
      }),
    );
    // w = 0: Δ of clients 0 and 1 are 1 and 2: w = 1.5. Then (2 − 1.5)/2 = 0.25 and (4 − 1.5)/2 = 1.25: w = 2.25. Then
    // −0.125 and 0.875: w = 2.625. Then client 2, from w = 0: Δ = 4, of which 1/√(1 + 3) = ½ is left: 2; and client 0,
    // from w = 2.625: −0.3125. (2 − 0.3125)/2 = 0.84375: w = 3.46875.
    expect(weights).toEqual([1.5, 2.25, 2.625, 3.46875]);
    expect(staleness).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [3, 0],
    ]);
  });

  test('ends in the same bits in process and on 1, 2 and 3 threads', async () => {
    const larger = options({
      population: clientsOf(algorithms['fedBuff']!, seedFrom(3)),
      rounds: 30,
      asynchronous: { buffer: 3, concurrency: 6 },
      faults: {},
    });
    const { stateHash } = await runRounds(larger);
    for (const workers of [1, 2, 3]) {
      const result = await runRounds({ ...larger, runtime: threadsRuntime({ workers }) });
      assert.equal(result.stateHash, stateHash, `${workers} threads`);
    }
  });

  test('reaches 89 % on MNIST in at most 0.7 of the virtual time of rounds that ask 130 % of their clients', async () => {
    // 20 of 200 clients at work, of log-normal latencies with a median of a second and σ = 1, in both.
    const latency = { distribution: 'log-normal', mu: Math.log(1000), sigma: 1 } as const;
    const timeOf = async (
      settings: Parameters<typeof mnist.options.parse>[0],
      faults: RunOptions['faults'],
    ): Promise<number> => {
      const setup = await mnist.build(
        mnist.options.parse({ model: 'logistic', clients: 200, cohort: 20, ...(settings as object) }),
      );
      let virtualMs = 0;
      const { stopped } = await runRounds({
        ...setup,
        runtime: threadsRuntime({ workers: 2 }),
        rounds: 100,
        seed: 1,
        ...(faults !== undefined && { faults }),
        best: { metric: 'evaluation.accuracy', goal: 'highest', target: 0.89 },
        onRound: ({ faults: simulated, step }) => {
          virtualMs += step?.virtualMs ?? simulated?.virtualMs ?? Number.NaN;
        },
      });
      assert.equal(stopped, 'target');
      return virtualMs;
    };
    const waiting = await timeOf({}, { stragglers: [{ latency }], overSelection: 1.3 });
    const unwaiting = await timeOf(
      { rounds: 'asynchronous', buffer: 2, concurrency: 20 },
      { stragglers: [{ latency }] },
    );
    expect(unwaiting / waiting).toBeLessThanOrEqual(0.7);
  }, 120_000);
});
