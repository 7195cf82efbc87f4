// The state that a run begins with: what the plan of its start makes, from a seed of its own.
import type { Engine } from '@starling/compute';
import { deriveSeed, type Seed } from '@starling/federated-core';
import { serverSeed } from '@starling/federated-core/plan';
import { createPlanRunner, type Leaves } from '@starling/plan/runner';
import type { CompiledRun } from './compile-run.js';

/** No leaves for a computation. Throws as `checkState` does. */
export async function initialState(run: CompiledRun, engine: Engine, seed: Seed): Promise<Leaves> {
  const { initialize } = run;
  if (initialize === null) return [];
  const runner = await createPlanRunner(initialize, engine, ['server']);
  const state = await runner.apply([], [], serverSeed(deriveSeed(seed, 'initialize')));
  await runner.dispose();
  run.checkState(state, 'start');
  return state;
}
