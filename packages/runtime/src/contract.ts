// The suite that every runtime passes: the same bits as the in-process runtime, whatever the plan, and a defined
// answer to clients that fail, send nonsense, or are not there.
import {
  compilePlan,
  type FederatedComputation,
  float32,
  type HostValue,
  int32,
  seedFrom,
  toHost,
  toValue,
} from '@starling/federated-core';
import { roundSeed, unflatten } from '@starling/federated-core/plan';
import { linkPlan } from '@starling/plan/link';
import type { ClientReport } from '@starling/plan/runner';
import { createPlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { afterEach, assert, describe, expect, test } from 'vitest';
import { createEngine } from './engines/engines.js';
import { inProcessRuntime } from './in-process/in-process-runtime.js';
import { compileRun } from './rounds/compile-run.js';
import { runRound } from './rounds/run-round.js';
import { runRounds } from './rounds/run-rounds.js';
import type { Runtime } from './runtime/runtime.js';
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
import { finiteContract } from './testing/finite-contract.js';
import { recordContract } from './testing/record-contract.js';
import { selectContract } from './testing/select-contract.js';

/** Makes the runtime under test for clients of a population: those that run on sockets must be started with it. */
export type MakeRuntime = (population: Population) => Runtime | Promise<Runtime>;

/**
 * Tests the runtimes that `makeRuntime` makes; call it at the top of a test file, for a runtime of your own too:
 * `runtimeContract('cluster', () => clusterRuntime({ machines: 2 }))`, imported from `@starling/runtime/contract`.
 */
export function runtimeContract(name: string, makeRuntime: MakeRuntime): void {
  describe(`runtime contract: ${name}`, () => {
    const closing: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close();
    });

    /** One round over `cohort`: the result in plain JavaScript, its hash, and the reports. */
    const runOnce = async (
      runtime: Runtime,
      computation: FederatedComputation,
      population: Population,
      cohort: readonly number[],
      { laneSize = 2, serverArguments = {} as unknown, rounds = 1 } = {},
    ) => {
      const plan = linkPlan(compilePlan(computation, { laneSize }));
      const engine = await createEngine();
      const server = await createPlanRunner(plan, engine, ['server', 'aggregation']);
      const session = await runtime.open(plan, population);
      closing.push(
        () => engine.dispose(),
        () => session.close(),
      );
      const serverInput = compileRun({ computation, arguments: serverArguments }).serverInput([]);
      const results: { value: HostValue; hash: string; reports: readonly ClientReport[] }[] = [];
      for (let round = 1; round <= rounds; round++) {
        const seed = roundSeed(seedFrom(11), round);
        const { result, reports } = await runRound({
          plan,
          server,
          session,
          round,
          seed,
          population,
          cohort,
          serverInput,
        });
        const type = plan.plan.result;
        results.push({ value: toHost(type, unflatten(type, result)), hash: stateHash(result), reports });
      }
      return results;
    };

    /** The same on the runtime under test and in process; gives the first, once both agree to the last bit. */
    const agreed = async (
      ...[computation, population, cohort, options]: Tail<Parameters<typeof runOnce>>
    ) => {
      const tested = await runOnce(await makeRuntime(population), computation, population, cohort, options);
      const reference = await runOnce(inProcessRuntime(), computation, population, cohort, options);
      assert.deepEqual(
        tested.map(({ hash }) => hash),
        reference.map(({ hash }) => hash),
      );
      assert.deepEqual(
        tested.map(({ reports }) => reports),
        reference.map(({ reports }) => reports),
      );
      return tested;
    };

    test(`\`${name}\` sums lane by lane when the order of additions shows`, async () => {
      // Beyond 2^53 a float64 skips odd numbers: 2^54 + 1 is 2^54 again. Lanes of two: (2^54 + 1) + (−2^54 + 1) + 1
      // = 2^54 − 2^54 + 1, so 1 where exact arithmetic gives 3 (−2^54 + 1 is a tie, and rounds to even).
      const population = floats([2 ** 54, 1, -(2 ** 54), 1, 1]);
      const [outcome] = await agreed(totalOf, population, [0, 1, 2, 3, 4]);
      assert.equal(outcome!.value, 1);
      assert.deepEqual(outcome!.reports, [0, 1, 2, 3, 4].map(accepted));
    });

    test(`\`${name}\` follows the order of the cohort, not of the population`, async () => {
      // The same five, lanes by cohort order: (2^54 − 2^54) + (1 + 1) + 1 = 3.
      const population = floats([2 ** 54, 1, -(2 ** 54), 1, 1]);
      const [outcome] = await agreed(totalOf, population, [0, 2, 4, 1, 3]);
      assert.equal(outcome!.value, 3);
      assert.deepEqual(outcome!.reports, [0, 2, 4, 1, 3].map(accepted));
    });

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

    selectContract(name, agreed);

    finiteContract(name, makeRuntime, agreed);

    dataContract(name, agreed);
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

    epochsContract(name, agreed);

    test(`\`${name}\` refuses an update of NaN and continues without it`, async () => {
      const population = floats([1, Number.NaN, 2, Number.POSITIVE_INFINITY, 4]);
      const [outcome] = await agreed(totalOf, population, [0, 1, 2, 3, 4]);
      assert.equal(outcome!.value, 7);
      for (const index of [1, 3]) {
        expect(outcome!.reports[index]).toMatchObject({
          client: `client-${index}`,
          status: 'rejected',
          code: 'non-finite-update',
        });
      }
    });

    test(`\`${name}\` drops a client that fails and continues without it`, async () => {
      const population = failing(floats([1, 2, 4, 8, 16]), [1, 4]);
      const [outcome] = await agreed(totalOf, population, [0, 1, 2, 3, 4]);
      assert.equal(outcome!.value, 13);
      const statuses = outcome!.reports.map(({ status }) => status);
      assert.deepEqual(statuses, ['accepted', 'dropped', 'accepted', 'accepted', 'dropped']);
    });

    test(`\`${name}\` skips a lane of which no client is left`, async () => {
      const later = failing(floats([1, 2, 4, 8, 16]), [2, 3]);
      assert.equal((await agreed(totalOf, later, [0, 1, 2, 3, 4]))[0]!.value, 19);
      const first = failing(floats([1, 2, 4, 8, 16, 32, 64]), [0, 1]);
      assert.equal((await agreed(totalOf, first, [0, 1, 2, 3, 4, 5, 6]))[0]!.value, 124);
    });

    test(`\`${name}\` gives the aggregate of nobody when the cohort is empty or all have failed`, async () => {
      const [empty] = await agreed(totalOf, floats([1, 2]), []);
      assert.equal(empty!.value, 0);
      const [failed] = await agreed(totalOf, failing(floats([1, 2, 3]), [0, 1, 2]), [0, 1, 2]);
      assert.equal(failed!.value, 0);
    });

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
      const running = runOnce(await makeRuntime(population), totalOf, population, cohort);
      await expect(running).rejects.toMatchObject({
        code: 'bad-cohort',
        message: expect.stringContaining(actual),
      });
      assert.deepEqual(loaded, []);
    });

    test(`\`${name}\` fails the round when the mean of nobody is asked for, and says why, and continues after it`, async () => {
      const population = failing(floats([1, 2, 3]), [0, 1]);
      const plan = linkPlan(compilePlan(fractionAbove));
      const engine = await createEngine();
      const server = await createPlanRunner(plan, engine, ['server', 'aggregation']);
      const session = await (await makeRuntime(population)).open(plan, population);
      closing.push(
        () => engine.dispose(),
        () => session.close(),
      );
      const serverInput = [toValue(float32(), 2)] as never;
      const round = (cohort: readonly number[]) =>
        runRound({ plan, server, session, round: 1, seed: [0, 1], population, cohort, serverInput });
      await expect(round([0, 1])).rejects.toMatchObject({
        code: 'empty-aggregate',
        message: expect.stringMatching(/\n {4}2 dropped, [a-z-]+: .* \(client-0, client-1\)/),
      });
      assert.deepEqual((await round([2])).result[0]!.data, Float32Array.of(1));
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

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

function accepted(index: number): ClientReport {
  return { client: `client-${index}`, status: 'accepted' };
}

/** The population, except that the data of some clients cannot be read. */
function failing(population: Population, clients: readonly number[]): Population {
  return {
    ...population,
    load(index) {
      if (clients.includes(index)) throw new Error(`the disk of client ${index} is gone`);
      return population.load(index);
    },
  };
}
