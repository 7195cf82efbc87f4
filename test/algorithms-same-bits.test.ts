// Every algorithm ends in one state: in this process, on one, two and three threads, and with clients over sockets.
import * as learning from '@starling/learning';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds, threadsRuntime } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import { type AlgorithmCase, algorithms, clientsOf } from './support/algorithms.js';
import { socketRuntime } from './support/socket-runtime.js';

/** Of what looks like an algorithm among the exports: what is called with options and gives a process. */
const NO_ALGORITHMS: readonly string[] = ['federatedEvaluation', 'learningProcess'];

async function stateHash(algorithm: AlgorithmCase, runtime: Runtime): Promise<string> {
  const { stateHash } = await runRounds({
    process: algorithm.make(),
    population: clientsOf(algorithm),
    sampler: uniformSampler({ cohortSize: 7 }),
    laneSize: 2,
    runtime,
    rounds: 3,
    seed: 5,
  });
  return stateHash;
}

describe('algorithms', () => {
  test('are all of the learning room’s', () => {
    const named = Object.keys(learning).filter((name) =>
      /^(fed|fairFed$|afl$|ditto$|minDiff$|qFed|scaffold$)/.test(name),
    );
    const expected = named.filter((name) => !NO_ALGORITHMS.includes(name)).sort();
    expect(Object.keys(algorithms).sort()).toEqual(expected);
  });

  test.each(Object.entries(algorithms))('%s ends in one state on every runtime', async (_, algorithm) => {
    const inProcess = await stateHash(algorithm, inProcessRuntime());
    for (const workers of [1, 2, 3]) {
      expect(await stateHash(algorithm, threadsRuntime({ workers })), `${workers} threads`).toBe(inProcess);
    }
    const { runtime, end } = socketRuntime(clientsOf(algorithm));
    try {
      expect(await stateHash(algorithm, runtime), 'sockets').toBe(inProcess);
    } finally {
      await end();
    }
  });
});
