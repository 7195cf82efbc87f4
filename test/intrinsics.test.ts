// Every intrinsic on every runtime: for random data, cohorts and seeds, the plan gives the same bits as the reference
// meaning, `evaluate`, or fails with the same code.
import { startClients } from '@starling/client';
import { createOnnxEngine, localRunner } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  compilePlan,
  evaluate,
  federatedComputation,
  federatedMean,
  federatedSum,
  float32,
  type HostValue,
  seedFrom,
  toHost,
  toValue,
} from '@starling/federated-core';
import { flatten, intrinsics, roundSeed, unflatten } from '@starling/federated-core/plan';
import { linkPlan } from '@starling/plan/link';
import { createPlanRunner } from '@starling/plan/runner';
import { type Population, populationOf } from '@starling/population';
import { inProcessRuntime, type Runtime, threadsRuntime } from '@starling/runtime';
import { runRound } from '@starling/runtime/phases';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IntrinsicCase, intrinsicCases } from './support/intrinsic-cases.js';

const CLIENTS = 7;
const LANE_SIZE = 2;
const RUNS = 20;

const runtimes: Readonly<Record<string, (population: Population) => Runtime>> = {
  'in-process': () => inProcessRuntime(),
  threads: () => threadsRuntime({ workers: 2 }),
  websocket: (population) =>
    websocketRuntime({
      deadlineMs: 20_000,
      minClients: CLIENTS,
      launchClients: async (url) => {
        const clients = Array.from({ length: CLIENTS }, (_, index) => index);
        const running = await startClients({ url, population, clients });
        return { stop: () => running.close() };
      },
    }),
};

/** The value, or the code of the error. */
type Outcome = { readonly value: HostValue } | { readonly code: unknown };

async function outcomeOf(value: Promise<HostValue>): Promise<Outcome> {
  return value.then(
    (given) => ({ value: given }),
    (error: unknown) => ({ code: (error as { readonly code?: unknown }).code ?? error }),
  );
}

async function agree({ computation, member, server }: IntrinsicCase, makeRuntime: (typeof runtimes)[string]) {
  const plan = linkPlan(compilePlan(computation, { laneSize: LANE_SIZE }));
  const { serverInput, clientInput, result } = plan.plan;
  const members = fc.sample(member, CLIENTS);
  const population = populationOf(
    members.map((one) => toValue(clientInput, one)),
    clientInput,
  );
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  const runner = await createPlanRunner(plan, engine, ['server', 'aggregation']);
  const session = await makeRuntime(population).open(plan, population);
  let round = 0;
  const cohorts = fc.shuffledSubarray(Array.from({ length: CLIENTS }, (_, index) => index));
  try {
    await fc.assert(
      fc.asyncProperty(cohorts, server, fc.nat(), async (cohort, given, number) => {
        round++;
        const seed = roundSeed(seedFrom(number), round);
        const named = Object.keys(members[0]!).map((name) => [
          name,
          cohort.map((index) => members[index]![name]),
        ]);
        const expected = await outcomeOf(
          evaluate(
            computation,
            { ...Object.fromEntries(named), ...given },
            { run, seed, laneSize: LANE_SIZE, clientIds: cohort.map((index) => population.clientId(index)) },
          ),
        );
        const leaves = flatten(serverInput, toValue(serverInput, given));
        const actual = await outcomeOf(
          runRound({
            plan,
            server: runner,
            session,
            round,
            seed,
            population,
            cohort,
            serverInput: leaves,
          }).then((outcome) => toHost(result, unflatten(result, outcome.result))),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  } finally {
    await session.close();
    await engine.dispose();
  }
}

describe('intrinsics on runtimes', () => {
  test('`intrinsicCases` has a case for each intrinsic', () => {
    expect(Object.keys(intrinsicCases).sort()).toEqual([...intrinsics.keys()].sort());
  });

  test.each(Object.entries(runtimes))(
    'fail the round alike when clients differ in an unknown dimension on %s',
    async (_name, makeRuntime) => {
      // Of which some are empty: nothing to a sum, of another shape to a mean.
      const type = { x: atClients(float32(null)) };
      for (const computation of [
        federatedComputation(type, ({ x }) => federatedSum(x)),
        federatedComputation(type, ({ x }) => federatedMean(x)),
      ]) {
        const ragged: IntrinsicCase = {
          computation,
          member: fc.record({ x: fc.array(fc.integer(), { maxLength: 2 }) }),
          server: fc.constant({}),
        };
        await agree(ragged, makeRuntime);
      }
    },
  );

  describe.each(Object.entries(intrinsicCases))('%s', (_, one) => {
    test.each(Object.entries(runtimes))('gives what `evaluate` gives on %s', async (_name, makeRuntime) => {
      await agree(one, makeRuntime);
    });
  });
});
