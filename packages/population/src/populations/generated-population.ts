// A population whose data is made when it is asked for, from the seed and the client's number alone: a million
// clients take only the memory of the cohort at work.
import {
  deriveSeed,
  type Generator,
  generator,
  type Seed,
  type Type,
  type Value,
} from '@starling/federated-core';
import {
  atLocation,
  checkOptions,
  dataKinds,
  describeValue,
  kinds,
  type MaybePromise,
  numberWithin,
  required,
  sourceLocation,
} from '@starling/federated-core/plan';
import { checkIndex } from './check-index.js';
import { countExamples, hasExamples } from './examples.js';
import { fingerprintOf } from './fingerprint.js';
import type { Population } from './population.js';
import { withoutHabits } from './without-habits.js';

export interface GeneratedPopulationOptions {
  readonly name: string;
  /** How many clients there are; up to 2^53 − 1. */
  readonly size: number;
  readonly dataType: Type;
  readonly seed: Seed;
  /** How many examples each client holds. */
  readonly exampleCount: (index: number) => number;
  /** Makes the client's data, a value of `dataType`; all its randomness comes from `random`. */
  readonly generate: (index: number, random: Generator) => Value;
  /** See `Population`: false if `generate` makes no data here, as at a coordinator. Default true. */
  readonly dataAtHand?: boolean;
}

/**
 * Clients are called `<name>-<index>`; each has a generator of its own, split from `seed`. Loading throws a
 * `RangeError` for a client with other examples than `exampleCount` says.
 */
export function generatedPopulation(options: GeneratedPopulationOptions): Population {
  checkOptions('Cannot generate a population', options, {
    name: required(kinds.text),
    size: required(numberWithin({ whole: true, from: 1 })),
    dataType: required(dataKinds.type),
    seed: required(dataKinds.seed),
    exampleCount: required(kinds.callable),
    generate: required(kinds.callable),
    dataAtHand: kinds.flag,
  });
  const { name, size, dataType, seed, exampleCount, generate, dataAtHand = true } = options;
  const made = atLocation(sourceLocation());
  /** Samplers and lanes go by the count: one that is not true would weigh the client wrong without a word. */
  const counted = (value: Value, index: number): Value => {
    if (!hasExamples(dataType)) return value;
    const held = countExamples(dataType, value);
    const said = exampleCount(index);
    if (!Number.isInteger(held) || held === said) return value; // bad data is refused where it is taken
    throw new RangeError(
      `Cannot generate client ${index} of ${name}: generate must give as many examples as exampleCount(${index}), ${describeValue(said)}, got ${held}${made}`,
    );
  };
  const population = {
    name,
    size,
    dataType,
    dataAtHand,
    clientId: (index: number) => {
      checkIndex(name, size, index);
      return `${name}-${index}`;
    },
    exampleCount: (index: number) => {
      checkIndex(name, size, index);
      return exampleCount(index);
    },
    load: (index: number) => {
      checkIndex(name, size, index);
      const value: MaybePromise<Value> = generate(index, generator(deriveSeed(seed, 'client-data', index)));
      return value instanceof Promise
        ? value.then((there: Value) => counted(there, index))
        : counted(value, index);
    },
  };
  return withoutHabits({
    ...population,
    fingerprint: () => fingerprintOf(population, { seed: seed.join(' ') }),
  });
}
