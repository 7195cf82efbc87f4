// What the runtime contract asks of random clients (see drawn-clients.ts): for any cohort of them a round gives what
// the reference meaning, `evaluate`, gives on the same numbers in plain JavaScript, to the last bit, and refuses whom
// it must.
import { createOnnxEngine, localComputation, localRunner, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  compilePlan,
  evaluate,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  float32,
  float64,
  type HostValue,
  int64,
  seedFrom,
  sequence,
  toHost,
} from '@starling/federated-core';
import { flatten, roundSeed, unflatten } from '@starling/federated-core/plan';
import { linkPlan } from '@starling/plan/link';
import type { ClientReport } from '@starling/plan/runner';
import { createPlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import { populationOf } from '@starling/population';
import fc from 'fast-check';
import { assert, expect, test } from 'vitest';
import { runRound } from '../rounds/run-round.js';
import type { MakeRuntime } from './agreement.js';
import {
  type DrawnClient,
  drawnClients,
  drawnCohort,
  drawnType,
  refusalsOf,
  rowType,
} from './drawn-clients.js';

const CLIENTS = 7;
const LANE_SIZE = 2;
/** Populations, each with a session of its own, and rounds of each. */
const POPULATIONS = 3;
const ROUNDS = 6;

/** Two phases: sums of three element types, a weighted mean, and the squared gap of each client from that mean. */
const spread = federatedComputation(
  {
    rows: atClients(sequence(rowType)),
    weight: atClients(float32()),
    gain: atClients(float64()),
    id: atClients(int64()),
  },
  ({ rows, weight, gain, id }) => {
    // What is off counts 0, but 0 times a NaN or an infinity is a NaN: each number of a row is seen.
    const total = localComputation({ rows: sequence(rowType) }, (each) =>
      sequenceReduce(each.rows, tf.zeros([2]), (sum, { x, on }) =>
        tf.add(sum, tf.mul(x, tf.cast(on, 'float32'))),
      ),
    );
    const totals = federatedMap(total, { rows });
    const mean = federatedMean(totals, { weight, ifEmpty: [-1, -2] });
    const gap = localComputation({ own: float32(2), mean: float32(2) }, (each) =>
      tf.squaredDifference(each.own, each.mean),
    );
    return {
      sum: federatedSum(totals),
      mean,
      gains: federatedSum(gain),
      ids: federatedSum(id),
      gaps: federatedSum(federatedMap(gap, { own: totals, mean: federatedBroadcast(mean) })),
    };
  },
  { name: 'spread' },
);

const plan = linkPlan(compilePlan(spread, { laneSize: LANE_SIZE }));

export function drawnContract(name: string, makeRuntime: MakeRuntime): void {
  test(`\`${name}\` gives what \`evaluate\` gives for misaligned, empty, repeated and non-finite clients`, async () => {
    const engine = await createOnnxEngine();
    const server = await createPlanRunner(plan, engine, ['server', 'aggregation']);
    const run = localRunner(engine);
    const draws = fc.tuple(
      drawnClients(CLIENTS),
      fc.array(drawnCohort(CLIENTS), { minLength: ROUNDS, maxLength: ROUNDS }),
      fc.nat(),
    );
    const holds = async (
      clients: readonly DrawnClient[],
      cohorts: readonly (readonly number[])[],
      number: number,
    ): Promise<void> => {
      const population = populationOf(
        clients.map(({ value }) => value),
        drawnType,
      );
      const before = hashes(clients);
      const session = await (await makeRuntime(population)).open(plan, population);
      try {
        for (const [index, cohort] of cohorts.entries()) {
          const round = index + 1;
          const seed = roundSeed(seedFrom(number), round);
          const request = { plan, server, session, round, seed, population, cohort, serverInput: [] };
          const { result, reports } = await runRound(request);
          const members = cohort.map((client) => clients[client]!.plain);
          const columns = (field: keyof (typeof members)[number]) => members.map((each) => each[field]);
          const expected = await evaluate(
            spread,
            {
              rows: columns('rows'),
              weight: columns('weight'),
              gain: columns('gain'),
              id: columns('id'),
            } as never,
            {
              run,
              seed,
              laneSize: LANE_SIZE,
              clientIds: cohort.map((client) => population.clientId(client)),
            },
          );
          const { result: type } = plan.plan;
          expect(toHost(type, unflatten(type, result))).toEqual(expected as HostValue);
          checkReports(members.map(refusalsOf), reports);
        }
      } finally {
        await session.close();
      }
      assert.deepEqual(hashes(clients), before); // clients' data is only read
    };
    try {
      // A failure prints its seed and its path; without shrinking, as each draw opens a session.
      await fc.assert(
        fc.asyncProperty(draws, (drawn) => holds(...drawn)),
        { numRuns: POPULATIONS, endOnFailure: true },
      );
    } finally {
      await server.dispose();
      await engine.dispose();
    }
  });
}

function hashes(clients: readonly DrawnClient[]): readonly string[] {
  return clients.map(({ value }) => stateHash(flatten(drawnType, value)));
}

function checkReports(
  refusals: readonly (readonly string[] | null)[],
  reports: readonly ClientReport[],
): void {
  assert.equal(reports.length, refusals.length);
  for (const [position, report] of reports.entries()) {
    const codes = refusals[position]!;
    if (codes === null) assert.deepEqual(report, { client: report.client, status: 'accepted' });
    else assert.isTrue(report.status === 'rejected' && codes.includes(report.code), JSON.stringify(report));
  }
}
