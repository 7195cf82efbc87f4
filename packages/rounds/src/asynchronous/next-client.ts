// Whom a run whose rounds do not wait asks next: where all clients are always there, in the order of a sampler's
// cohorts; where they come and go, any of those that are there.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';

/**
 * The next client, of those that are not busy: by the number that the caller knows it by; `null` if there is none, as
 * far as it was looked. `number`: of its flight.
 */
export type NextClient = (isBusy: (client: number) => boolean, busy: number, number: number) => number | null;

/** Clients that are passed over at most to find one that is free. */
const MAX_PASSED_OVER = 4096;

/**
 * In the order of cohorts 1, 2, … of `draw`, one after the other; one that cannot be asked in its turn is passed
 * over. `population`: clients in all.
 */
export function inTurn(population: number, draw: (cohort: number) => readonly number[]): NextClient {
  let cohorts = 0;
  let turn: readonly number[] = [];
  let next = 0;
  return (isBusy, busy) => {
    if (busy >= population) return null;
    for (let passed = 0; passed < MAX_PASSED_OVER; passed++) {
      if (next >= turn.length) {
        turn = draw(++cohorts);
        next = 0;
        if (turn.length === 0) continue;
      }
      const client = turn[next++]!;
      if (!isBusy(client)) return client;
    }
    return null;
  };
}

/** Each of `present` that is free is equally likely; `start` tells the draws of one process from those of the next. */
export function amongPresent(present: ReadonlySet<number>, seed: Seed, start: number): NextClient {
  return (isBusy, _, number) => {
    const free = [...present].filter((client) => !isBusy(client)).sort((one, other) => one - other);
    if (free.length === 0) return null;
    const drawn = generator(deriveSeed(seed, 'asked', start, number)).uniform();
    return free[Math.floor(drawn * free.length)]!;
  };
}
