// What an attempt at a round is, and its randomness: all of it comes from the run's seed, the round and the attempt, so
// that a first attempt is the same whether or not a process died before it.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import { roundSeed } from '@starling/federated-core/plan';

export interface Attempt {
  /** From 1. */
  readonly round: number;
  /** From 1; each try at a round has the next number. */
  readonly attempt: number;
  /** Clients in cohort order, by the numbers that the caller knows them by. */
  readonly cohort: readonly number[];
  readonly seed: Seed;
}

/** The seed of an attempt. The first one's is the round's. */
export function attemptSeed(seed: Seed, round: number, attempt: number): Seed {
  const first = roundSeed(seed, round);
  return attempt === 1 ? first : deriveSeed(first, 'attempt', attempt);
}

/** The seed from which the cohort of an attempt is drawn. The first one's is the run's, whatever the round. */
export function cohortSeed(seed: Seed, attempt: number): Seed {
  const first = deriveSeed(seed, 'cohort');
  return attempt === 1 ? first : deriveSeed(first, 'attempt', attempt);
}

/** Some of `clients`, each once, whatever the order in which they are given; all of them if they are too few. */
export function drawPresent(
  clients: Iterable<number>,
  count: number,
  seed: Seed,
  { round, attempt }: Pick<Attempt, 'round' | 'attempt'>,
): readonly number[] {
  const sorted = [...clients].sort((one, other) => one - other);
  const order = generator(deriveSeed(seed, 'present', round, attempt)).permutation(sorted.length);
  return [...order.subarray(0, count)].map((index) => sorted[index]!);
}

/** Wait before try `number` + 1 of something, milliseconds: doubles with each, up to a limit. */
export function backOff(firstMs: number, maxMs: number, number: number): number {
  return Math.min(maxMs, firstMs * 2 ** (number - 1));
}
