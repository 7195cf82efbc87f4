// What the runtime contract asks of sessions that have clients work by themselves (`work`), in any order and at once.
import { compilePlan } from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import type { Population } from '@starling/population';
import { assert, expect, type TestContext, test } from 'vitest';
import { runRounds } from '../rounds/run-rounds.js';
import type { Runtime, WorkRequest } from '../runtime/runtime.js';
import type { MakeRuntime } from './agreement.js';
import { floats, totalOf } from './contract-computations.js';
import { driftingOptions, holders } from './drifting.js';

export function workContract(name: string, makeRuntime: MakeRuntime): void {
  /** The runtime, where its sessions have clients work by themselves; else the test is left out. */
  const working = async (population: Population, { skip }: TestContext): Promise<Runtime> => {
    const runtime = await makeRuntime(population);
    const session = await runtime.open(linkPlan(compilePlan(totalOf)), population);
    const hasWork = session.work !== undefined;
    await session.close();
    if (!hasWork) skip('its sessions have no client work by itself');
    return makeRuntime(population);
  };

  test(`\`${name}\` runs rounds that do not wait to the bits of those in process`, async (context) => {
    const population = holders(20);
    const runtime = await working(population, context);
    const { stateHash } = await runRounds(driftingOptions({ rounds: 8 }));
    assert.equal((await runRounds(driftingOptions({ rounds: 8, population, runtime }))).stateHash, stateHash);
  });

  test(`\`${name}\` gives the update of each client that works by itself, and says of others why there is none`, async (context) => {
    const clients = floats([1, Number.NaN, 3]);
    const load = (index: number) => {
      if (index === 2) throw new Error('no data');
      return clients.load(index);
    };
    const population = { ...clients, load };
    const runtime = await working(population, context);
    const session = await runtime.open(linkPlan(compilePlan(totalOf)), population);
    const asked = { round: 1, phase: 0, seed: [0, 1], version: 0, broadcast: [] } as const;
    const work = (client: number) => session.work!({ ...asked, client } satisfies WorkRequest);
    const [one, nan, none] = await Promise.all([0, 1, 2].map(work));
    await session.close();
    assert.equal(one!.report.status, 'accepted');
    assert.deepEqual([...(one!.update![0]!.data as Float32Array)], [1]);
    expect(nan).toMatchObject({ report: { status: 'rejected', code: 'non-finite-update' }, update: null });
    expect(none).toMatchObject({ report: { status: 'dropped', code: 'load-failed' }, update: null });
  });
}
