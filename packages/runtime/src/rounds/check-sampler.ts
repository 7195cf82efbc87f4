// A sampler is asked twice for its first cohorts before anything runs: one that draws by Math.random, or that counts
// its calls, would give another run each time, and no run could be taken up again or replayed.
import type { Seed } from '@starling/federated-core';
import { atLocation, sourceLocation } from '@starling/federated-core/plan';
import { CohortError } from '@starling/population';
import type { RunOptions } from './run-options.js';
import { sampleCohort } from './sample-cohort.js';

/** Small cohorts may be drawn alike by chance: so many rounds are looked at, … */
const ROUNDS_LOOKED_AT = 8;
/** … unless they have so many clients, which take their time to draw. */
const CLIENTS_LOOKED_AT = 10_000;

/**
 * Throws a `CohortError` if the cohort of one of the first rounds is another when it is drawn again. What a sampler
 * throws, or gives in place of a cohort, is said where its round begins.
 */
export function checkSampler(
  options: Pick<RunOptions, 'sampler' | 'population' | 'rounds'>,
  seed: Seed,
): void {
  let clients = 0;
  for (let round = 1; round <= Math.min(options.rounds, ROUNDS_LOOKED_AT); round++) {
    const [one, other] = [drawn(options, seed, round), drawn(options, seed, round)];
    if (one === null || other === null) return;
    const got = difference(one, other);
    if (got !== null) {
      throw new CohortError(
        `Cannot sample cohorts by ${options.sampler.name}: a cohort must be the same whenever it is drawn, got ${got} when that of round ${round} was drawn twice. Draw by what sample is given: generator(deriveSeed(seed, round))${atLocation(sourceLocation())}`,
      );
    }
    clients += one.length;
    if (clients > CLIENTS_LOOKED_AT) return;
  }
}

function difference(one: readonly number[], other: readonly number[]): string | null {
  if (one.length !== other.length) return `${one.length} clients and ${other.length}`;
  const at = one.findIndex((client, position) => client !== other[position]);
  return at < 0 ? null : `clients ${one[at]} and ${other[at]} at position ${at}`;
}

function drawn(
  options: Pick<RunOptions, 'sampler' | 'population'>,
  seed: Seed,
  round: number,
): readonly number[] | null {
  try {
    const cohort: unknown = sampleCohort(options, seed, round);
    return Array.isArray(cohort) ? cohort : null;
  } catch {
    return null;
  }
}
