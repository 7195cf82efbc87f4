// The run that is attacked: some of its attempts fail, since one of its clients never has data, and it is small enough
// to be run a thousand times.
import type { Population } from '@starling/population';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, type RunOptions, type RunResult, runRounds } from '@starling/runtime';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';

export const CLIENTS = 8;
export const SEED = 11;
/** Every other cohort has the client without data, and then the attempt fails. */
export const MAX_ATTEMPTS = 30;
const WITHOUT_DATA = CLIENTS - 1;

/** Its last client cannot be loaded. */
export function attackedPopulation(): Population {
  const population = sensors(CLIENTS);
  return {
    ...population,
    dataAtHand: false,
    load(index) {
      if (index === WITHOUT_DATA) throw new Error('no disk');
      return population.load(index);
    },
  };
}

/** What of it says which run it is. */
export function attackedSource() {
  return {
    process: driftingThreshold(),
    population: attackedPopulation(),
    sampler: uniformSampler({ cohortSize: CLIENTS / 2 }),
    seed: SEED,
  };
}

export function attackedRun(rounds: number, more: Partial<RunOptions> = {}): Promise<RunResult> {
  return runRounds({
    ...attackedSource(),
    runtime: inProcessRuntime(),
    minReports: CLIENTS / 2,
    maxAttempts: MAX_ATTEMPTS,
    rounds,
    ...more,
  }) as Promise<RunResult>;
}
