// Two parts of a population: clients to train on, and clients to test on.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import { type Check, checkOptions, dataKinds, numberWithin, required } from '@starling/federated-core/plan';
import { checkIndex } from './check-index.js';
import { fingerprintOf } from './fingerprint.js';
import type { Population } from './population.js';
import { withoutHabits } from './without-habits.js';

export interface ClientSplitOptions {
  /** The share of clients, or of each client's rows, that is for tests: above 0 and below 1. */
  readonly testShare: number;
  readonly seed: Seed;
}

/** Two parts of a population, in which clients have the names that they have in the whole. */
export interface SplitPopulation {
  readonly train: Population;
  readonly test: Population;
}

/** Clients to train on and others to test on, as `splitByName` chooses them. */
export function splitPopulation(population: Population, options: ClientSplitOptions): SplitPopulation {
  const { train, test } = splitByName(population, options);
  return { train: chosen(population, 'train', train), test: chosen(population, 'test', test) };
}

/**
 * The indices of clients to train on and of those to test on, each in order: the clients with the smallest hashes of
 * their names under the seed are for tests, their number rounded, at least one on either side. A client's hash does not
 * depend on the others, so that a population that grows moves few clients to the other side. Throws a `RangeError` for
 * a share that is not above 0 and below 1, and for fewer than two clients.
 */
export function splitByName(
  population: Pick<Population, 'name' | 'size' | 'clientId'>,
  options: ClientSplitOptions,
): { readonly train: Float64Array; readonly test: Float64Array } {
  const { name, size } = population;
  const action = `Cannot split the clients of ${name}`;
  checkOptions(action, options, { testShare: required(share), seed: required(dataKinds.seed) });
  if (size < 2) throw new RangeError(`${action}: need at least 2 clients, got ${size}`);
  const count = Math.min(size - 1, Math.max(1, Math.round(options.testShare * size)));
  const seed = deriveSeed(options.seed, 'split-clients');
  const hashes = Float64Array.from({ length: size }, (_, index) =>
    generator(deriveSeed(seed, population.clientId(index))).uniform(),
  );
  const order = Float64Array.from({ length: size }, (_, index) => index).sort(
    (left, right) => (hashes[left] as number) - (hashes[right] as number) || left - right,
  );
  return { train: order.slice(count).sort(), test: order.slice(0, count).sort() };
}

/** The check of a share of which something is left on either side, for tables of options. */
export const share: Check = numberWithin({ above: 0, below: 1 });

function chosen(whole: Population, part: string, indices: Float64Array): Population {
  const name = `${whole.name}/${part}`;
  const at = (index: number): number => {
    checkIndex(name, indices.length, index);
    return indices[index] as number;
  };
  const population = {
    name,
    size: indices.length,
    dataType: whole.dataType,
    clientId: (index: number) => whole.clientId(at(index)),
    exampleCount: (index: number) => whole.exampleCount(at(index)),
    load: (index: number) => whole.load(at(index)),
    ...(whole.dataAtHand === undefined ? {} : { dataAtHand: whole.dataAtHand }),
  };
  return withoutHabits({ ...population, fingerprint: () => fingerprintOf(population) });
}
