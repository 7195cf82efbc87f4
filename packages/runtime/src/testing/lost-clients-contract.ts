// What the runtime contract asks of clients that fail, send nonsense, or are not there: the round continues without
// them, and says who they were.
import { compilePlan, float32, toValue } from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import { createPlanRunner } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import { assert, expect, test } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { runRound } from '../rounds/run-round.js';
import type { Agreement, MakeRuntime } from './agreement.js';
import { floats, fractionAbove, totalOf } from './contract-computations.js';

export function lostClientsContract(
  name: string,
  makeRuntime: MakeRuntime,
  { agreed, closing }: Agreement,
): void {
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
