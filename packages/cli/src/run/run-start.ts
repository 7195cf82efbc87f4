// What a run says of itself: to those who observe it, and at the head of its record.
import type { RunOptions } from '@starling/runtime';
import type { RunStart } from '@starling/runtime/events';
import type { ReadyFederation } from '../federation/set-up.js';

/** The start of a run of a federation that is ready, as it is run. */
export function runStart(
  { name, description, run, settings }: ReadyFederation,
  how: Pick<RunStart, 'runtime' | 'workers' | 'rounds' | 'seed'>,
): RunStart {
  const { population, headline = null } = run;
  return { federation: name, description, ...how, population: population.size, settings, headline };
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
