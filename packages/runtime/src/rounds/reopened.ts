// The attempt that an earlier process left open, which is begun again.
import type { AttemptPlan } from '@starling/rounds';
import { cohortDigest, indicesOf } from './ledger.js';
import type { RunParts } from './run-parts.js';
import { sampleCohort } from './sample-cohort.js';

/** With the cohort that was asked; `null` if there is none, or if the sampler gives another cohort now. */
export function reopened({ start, options, seed: from }: RunParts): AttemptPlan | null {
  const { attempt: open } = start;
  if (open === null) return null;
  const { round, attempt, cohort: asked, seed } = open;
  const { clients } = asked;
  const cohort =
    clients === undefined
      ? sampleCohort(options, from, round, attempt)
      : indicesOf(clients, options.population);
  return cohortDigest(cohort) === asked.digest ? { round, attempt, cohort, seed } : null;
}
