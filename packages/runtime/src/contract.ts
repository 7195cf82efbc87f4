// The suite that every runtime passes: the same bits as the in-process runtime, whatever the plan, and a defined
// answer to clients that fail, send nonsense, or are not there.
import { compilePlan, int32, toValue } from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { assert, describe, expect, test } from 'vitest';
import { inProcessRuntime } from './in-process/in-process-runtime.js';
import { runRounds } from './rounds/run-rounds.js';
import type { Runtime } from './runtime/runtime.js';
import { agreementOf, type MakeRuntime } from './testing/agreement.js';
import { clientStateContract } from './testing/client-state-contract.js';
import {
  datasets,
  drift,
  floats,
  fractionAbove,
  meanOfMeans,
  noise,
  product,
  totalOf,
  variance,
} from './testing/contract-computations.js';
import { dataContract } from './testing/data-contract.js';
import { drawnContract } from './testing/drawn-contract.js';
import { epochsContract } from './testing/epochs-contract.js';
import { faultsContract } from './testing/faults-contract.js';
import { finiteContract } from './testing/finite-contract.js';
import { lanesContract } from './testing/lanes-contract.js';
import { lostClientsContract } from './testing/lost-clients-contract.js';
import { manyContract } from './testing/many-contract.js';
import { recordContract } from './testing/record-contract.js';
import { selectContract } from './testing/select-contract.js';
import { workContract } from './testing/work-contract.js';

export type { MakeRuntime } from './testing/agreement.js';

/**
 * Tests the runtimes that `makeRuntime` makes; call it at the top of a test file, for a runtime of your own too:
 * `runtimeContract('cluster', () => clusterRuntime({ machines: 2 }))`, imported from `@starling/runtime/contract`.
 */
export function runtimeContract(name: string, makeRuntime: MakeRuntime): void {
  describe(`runtime contract: ${name}`, () => {
    const agreement = agreementOf(makeRuntime);
    const { agreed, tested } = agreement;

    lanesContract(name, agreement);

    test(`\`${name}\` gives a weighted mean of datasets when clients hold different amounts`, async () => {
      // Means of [1, 3], [10] and [] weighed by 2, 1 and 0: (2·2 + 1·10) / 3.
      const population = datasets([[1, 3], [10], []]);
      const [outcome] = await agreed(meanOfMeans, population, [0, 1, 2]);
      assert.equal(outcome!.value, Math.fround(14 / 3));
    });

    test(`\`${name}\` broadcasts the server's argument`, async () => {
      // [25, 30, 31, 35] strictly above 30: two of four.
      const options = { serverArguments: { threshold: 30 } };
      const [outcome] = await agreed(fractionAbove, floats([25, 30, 31, 35]), [0, 1, 2, 3], options);
      assert.equal(outcome!.value, 0.5);
    });

    test(`\`${name}\` runs a second phase on what the first gave, with the clients that are left`, async () => {
      // Of 1, 2, 3 (the client of NaN is out): mean 2, squared gaps 1, 0, 1, and 3 clients took part.
      const population = floats([1, Number.NaN, 2, 3]);
      const [outcome] = await agreed(variance, population, [0, 1, 2, 3]);
      assert.deepEqual(outcome!.value, { mean: 2, variance: Math.fround(2 / 3), clients: 3 });
      const statuses = outcome!.reports.map(({ status }) => status);
      assert.deepEqual(statuses, ['accepted', 'rejected', 'accepted', 'accepted']);
    });

    manyContract(name, makeRuntime);

    selectContract(name, agreement);

    clientStateContract(name, makeRuntime);

    finiteContract(name, makeRuntime, agreement);

    dataContract(name, agreement);
    recordContract(name, makeRuntime);

    drawnContract(name, makeRuntime);

    test(`\`${name}\` runs the operators of an aggregate of the user's own`, async () => {
      // Product of 1 + value: 2 · 3 · 4 · 5 · 6 = 720.
      const [outcome] = await agreed(product, floats([1, 2, 3, 4, 5]), [0, 1, 2, 3, 4]);
      assert.equal(outcome!.value, 720);
    });

    test(`\`${name}\` draws the same numbers for a client in every round of a seed`, async () => {
      const population = floats([0, 0, 0, 0, 0, 0, 0]);
      const outcomes = await agreed(noise, population, [6, 5, 4, 3, 2, 1, 0], { rounds: 3 });
      const values = outcomes.map(({ value }) => value as number);
      assert.equal(new Set(values).size, 3); // and other numbers in another round
      // A mean of 7 uniform numbers; outside of this once in ten million.
      for (const value of values) assert.isTrue(value > 0.05 && value < 0.95);
    });

    epochsContract(name, agreement);

    lostClientsContract(name, makeRuntime, agreement);

    faultsContract(name, makeRuntime);

    workContract(name, makeRuntime);

    test.each([
      [[0, 0, 0, 1], 'client 0 at positions 0 and 1'],
      [[0, 2], '2 at position 1'],
      [[-1, 1], '-1 at position 0'],
      [[0, 0.5], '0.5 at position 1'],
    ])(`\`${name}\` refuses the cohort %j before any client works`, async (cohort, actual) => {
      const loaded: number[] = [];
      const clients = floats([1, 2]);
      const population: Population = {
        ...clients,
        load(index) {
          loaded.push(index);
          return clients.load(index);
        },
      };
      await expect(tested(totalOf, population, cohort)).rejects.toMatchObject({
        code: 'bad-cohort',
        message: expect.stringContaining(actual),
      });
      assert.deepEqual(loaded, []);
    });

    test(`\`${name}\` ends a process in the same state, round after round, as in process`, async () => {
      const population = datasets(Array.from({ length: 12 }, (_, client) => [client / 7, client / 3, 0.1]));
      const run = async (runtime: Runtime) => {
        const sampler = uniformSampler({ cohortSize: 7 });
        return runRounds({ process: drift, runtime, population, sampler, rounds: 4, seed: 5 });
      };
      const tested = await run(await makeRuntime(population));
      assert.equal(tested.stateHash, (await run(inProcessRuntime())).stateHash);
      assert.equal(tested.rounds, 4);
    });

    test(`\`${name}\` closes twice without complaint, and refuses a phase afterwards`, async () => {
      const population = floats([1, 2]);
      const session = await (await makeRuntime(population)).open(linkPlan(compilePlan(totalOf)), population);
      await session.close();
      await session.close();
      const request = { round: 1, phase: 0, seed: [0, 1], cohort: [0], broadcast: [] } as const;
      await expect(session.runPhase(request)).rejects.toThrow();
    });

    test(`\`${name}\` refuses a population that does not hold what the plan needs`, async () => {
      const population = populationOf([toValue(int32(), 1)], int32());
      const runtime = await makeRuntime(population);
      await expect(runtime.open(linkPlan(compilePlan(totalOf)), population)).rejects.toMatchObject({
        code: 'bad-population',
      });
    });
  });
}
