// The attempt at a round that is replayed: of a run that was kept the one that counted, with the cohort that was asked.
import { type Seed, seedFrom } from '@starling/federated-core';
import { checkCohort } from '@starling/population';
import { attemptSeed } from '@starling/rounds';
import type { AttemptHistory, RunHistory, RunStore } from '@starling/store';
import { cohortAsked } from '../rounds/cohort-asked.js';
import { sampleCohort } from '../rounds/sample-cohort.js';
import type { ReplayOptions } from './replay-options.js';

export interface AskedAttempt {
  /** From 1. */
  readonly attempt: number;
  /** Client indices in cohort order. */
  readonly cohort: readonly number[];
  readonly seed: Seed;
}

type Asked = Pick<ReplayOptions, 'store' | 'run' | 'sampler' | 'population' | 'seed' | 'round'>;

/**
 * Of a round that never counted: its last attempt. Of one of which nothing is kept, or of another run (its seeds or its
 * cohorts differ): the first, as the sampler gives it. Throws a `CohortError` if that is no cohort.
 */
export async function askedAttempt(options: Asked): Promise<AskedAttempt> {
  const { store, round, population } = options;
  const seed = seedFrom(options.seed);
  const kept = store === undefined ? null : await keptAttempt(store, options);
  if (kept !== null) {
    const { attempt } = kept;
    const own = attemptSeed(seed, round, attempt);
    const cohort = cohortAsked(options, seed, kept);
    if (cohort !== null && own.join() === kept.seed.join()) return { attempt, cohort, seed: own };
  }
  const cohort = sampleCohort(options, seed, round);
  checkCohort(cohort, population);
  return { attempt: 1, cohort, seed: attemptSeed(seed, round, 1) };
}

async function keptAttempt(
  store: RunStore,
  { run, round }: Pick<Asked, 'run' | 'round'>,
): Promise<AttemptHistory | null> {
  const runs = await store.list();
  const found = run === undefined ? runs[0] : runs.find((each) => each.run === run);
  return found === undefined ? null : attemptIn(await store.read(found.run), round);
}

function attemptIn({ commits, attempts }: RunHistory, round: number): AttemptHistory | null {
  const counted = commits.find((commit) => commit.round === round);
  const isAsked = (each: AttemptHistory): boolean =>
    each.round === round && (counted === undefined || each.attempt === counted.attempt);
  return attempts.findLast(isAsked) ?? null;
}
