// What a round asks of its cohort, phase by phase: the phases before the last are run for the whole cohort, since what
// comes down next may follow from all of it; of the last it is enough to know what is asked.
import type { LinkedPlan } from '@starling/plan';
import { createPlanRunner, type Leaves } from '@starling/plan/runner';
import { takeEngine } from '../engines/take-engine.js';
import { compileRun } from '../rounds/compile-run.js';
import { runRound } from '../rounds/run-round.js';
import { serverRows } from '../rows/server-rows.js';
import type { PhaseRequest, RuntimeSession } from '../runtime/runtime.js';
import { serverVectors } from '../simd/server-vectors.js';
import type { AskedAttempt } from './asked-attempt.js';
import type { ReplayOptions } from './replay-options.js';

export interface AskedRound {
  readonly plan: LinkedPlan;
  /** In order; those after a failure are missing. */
  readonly phases: readonly PhaseRequest[];
}

/** `state` is the one that the round begins with. Throws what the round throws before it asks anything. */
export async function askRound(
  options: ReplayOptions,
  { cohort, seed }: AskedAttempt,
  state: Leaves,
): Promise<AskedRound> {
  const { round, runtime, population, minReports = 0, engine: given } = options;
  const { plan, serverInput } = compileRun(options);
  const phases: PhaseRequest[] = [];
  const last = plan.plan.phases.length - 1;
  const { engine, release } = await takeEngine(given);
  const server = await createPlanRunner(
    plan,
    engine,
    ['server', 'aggregation'],
    serverVectors(),
    serverRows(),
  );
  const session = last > 0 ? await runtime.open(plan, population) : null;
  try {
    await runRound({
      plan,
      server,
      session: askedOnly(session, last, (request) => phases.push(request)),
      round,
      seed,
      population,
      cohort,
      serverInput: serverInput(state),
      minReports,
    });
  } catch (error) {
    // A round that fails half way has asked what it has asked.
    if (phases.length === 0) throw error;
  } finally {
    await session?.close();
    await server.dispose();
    await release();
  }
  return { plan, phases };
}

/** A session that tells of each phase, and ends the round in place of the phase `last`. */
function askedOnly(
  session: RuntimeSession | null,
  last: number,
  tell: (request: PhaseRequest) => void,
): RuntimeSession {
  return {
    async runPhase(request) {
      tell(request);
      if (request.phase === last || session === null) throw new Error('Enough is known of this round');
      return session.runPhase(request);
    },
    async close() {},
  };
}
