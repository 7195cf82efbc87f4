// What a run says of itself: to those who observe it, and at the head of its record.
import { reveals } from '@starling/federated-core/plan';
import type { FederationSetup, RunOptions } from '@starling/runtime';
import type { RunStart, StartOfEvaluation } from '@starling/runtime/events';
import type { ReadyFederation } from '../federation/set-up.js';

/** The start of a run of a federation that is ready, as it is run. */
export function runStart(
  { name, description, run, settings }: ReadyFederation,
  how: Pick<RunStart, 'runtime' | 'workers' | 'rounds' | 'seed'>,
): RunStart {
  const { population, headline = null } = run;
  return {
    federation: name,
    description,
    ...how,
    population: population.size,
    settings,
    headline,
    evaluation: evaluationOf(run),
    bestBy: run.best?.metric ?? null,
  };
}

function evaluationOf({ evaluation, population }: FederationSetup): StartOfEvaluation | null {
  if (evaluation === undefined) return null;
  const { every } = evaluation;
  if (!('computation' in evaluation)) return { every, clients: null, revealing: false };
  const asked = evaluation.population ?? population;
  return { every, clients: asked.size, revealing: reveals(evaluation.computation.type) };
}

/** The same for the record. */
export function aboutRun({
  federation,
  description,
  workers,
  headline,
}: RunStart): NonNullable<RunOptions['about']> {
  return {
    federation,
    description,
    ...(workers !== null && { workers }),
    ...(headline !== null && { headline }),
    startedAt: new Date().toISOString(),
  };
}
