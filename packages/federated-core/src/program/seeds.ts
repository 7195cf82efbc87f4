// Who draws from which seed. Calls within a plan are told apart by their salts, so the seed of a client is
// the same in every phase: a later phase that repeats an earlier call repeats its draws.
import { deriveSeed, type Seed } from '../random/seed.js';

/** The seed of round `round` of a run. */
export function roundSeed(seed: Seed, round: number): Seed {
  return deriveSeed(seed, 'round', round);
}

/** The seed of a client's work in all phases of a round. */
export function clientSeed(round: Seed, clientId: string): Seed {
  return deriveSeed(round, 'client', clientId);
}

/**
 * The seed of a client's first state: of the run's seed, not of a round's, so that it is the same state whenever it is
 * first asked for.
 */
export function clientStateSeed(run: Seed, clientId: string): Seed {
  return deriveSeed(run, 'client-state', clientId);
}

/** What the operators of a `federatedAggregate` draw from: fixed, since nobody says in which order they are called. */
export const OPERATOR_SEED: Seed = [0, 0];

/** The seed of the server's programs of a round: every `prepare`, and `apply`. */
export function serverSeed(round: Seed): Seed {
  return deriveSeed(round, 'server');
}
