// Clients of which some are liars: each holds, next to its data, whether it is one, which attacks on updates go by; and
// the labels of liars may be turned round (label flip: Tolpegin, Truex, Gursoy, Liu, "Data Poisoning Attacks Against
// Federated Learning Systems", ESORICS 2020; as y → classes − 1 − y, by Fang, Cao, Jia, Gong, USENIX Security 2020).
import {
  type Dataset,
  deriveSeed,
  float32,
  formatType,
  generator,
  type Seed,
  struct,
  type Tensor,
  type Type,
  tensor,
  type Value,
} from '@starling/federated-core';
import {
  checkOptions,
  count,
  dataKinds,
  kinds,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { changedPopulation, columnType } from './changed-population.js';
import type { Population } from './population.js';
import { populationKind } from './population-kind.js';

export interface AttackedPopulationOptions {
  /** Its clients hold records. */
  readonly population: Population;
  /** The share of clients that are liars, from 0 to 1; their number is rounded. */
  readonly share: number;
  /** Decides who they are. */
  readonly seed: Seed;
  /** Turns the labels of liars round: integers from 0 to below `classes`; those above, and below 0, stay. */
  readonly flipLabels?: { readonly classes: number; readonly label?: string; readonly data?: string };
}

/**
 * The same clients with the same names, whose data has one more field, `attacker`: a float32 of 1 for liars, else 0.
 * Labels are flipped in the field `label` (`y` by default) of the examples in `data` (`data`). Throws a `RangeError` if
 * clients hold no record, have a field of that name, or no such labels.
 */
export function attackedPopulation(options: AttackedPopulationOptions): Population {
  checkOptions('Cannot attack a population', options, {
    population: required(populationKind),
    share: required(numberWithin({ from: 0, to: 1 })),
    seed: required(dataKinds.seed),
    flipLabels: kinds.record,
  });
  const { population, share, seed, flipLabels } = options;
  const { name, size } = population;
  const dataType = withFlag(name, population.dataType);
  const flip = flipLabels === undefined ? null : labelFlip(name, population.dataType, flipLabels);
  const liars = liarsOf(size, share, seed);
  const change = (value: Value, index: number): Value => {
    const isLiar = liars.has(index);
    const own = isLiar && flip !== null ? flip(value) : value;
    return { ...(own as object), attacker: tensor('float32', [], Float32Array.of(isLiar ? 1 : 0)) };
  };
  const flips = JSON.stringify(flipLabels ?? null);
  return changedPopulation(population, {
    name: `${name}/attacked`,
    dataType,
    change,
    declared: { attackers: share, attackSeed: seed.join(' '), flips },
  });
}

/** The clients with the least draws, so that a larger share has those of a smaller one. */
function liarsOf(size: number, share: number, seed: Seed): ReadonlySet<number> {
  const own = deriveSeed(seed, 'attackers');
  const draws = Array.from({ length: size }, (_, index) => generator(deriveSeed(own, index)).uniform());
  const order = draws.map((_, index) => index).sort((a, b) => draws[a]! - draws[b]! || a - b);
  return new Set(order.slice(0, Math.round(share * size)));
}

function withFlag(population: string, type: Type): Type {
  if (type.kind === 'struct' && !Array.isArray(type.elements) && !('attacker' in type.elements)) {
    return struct({ ...(type.elements as { readonly [name: string]: Type }), attacker: float32() });
  }
  throw optionError(
    `Cannot attack ${population}: need clients that hold a record without a field 'attacker', got ${formatType(type)}`,
  );
}

function labelFlip(
  population: string,
  type: Type,
  options: NonNullable<AttackedPopulationOptions['flipLabels']>,
): (value: Value) => Value {
  checkOptions(`Cannot flip the labels of ${population}`, options, {
    classes: required(count),
    label: kinds.text,
    data: kinds.text,
  });
  const { classes, label = 'y', data = 'data' } = options;
  const found = columnType(type, data, label);
  if (found?.kind !== 'tensor' || !['int32', 'uint8'].includes(found.dtype)) {
    throw optionError(
      `Cannot flip the labels of ${population}: need a sequence '${data}' of structs with an int32 or uint8 '${label}', got ${formatType(type)}`,
    );
  }
  return (value) => {
    const fields = value as Readonly<Record<string, Value>>;
    const dataset = fields[data] as Dataset;
    const columns = dataset.columns as Readonly<Record<string, Tensor>>;
    const column = columns[label] as Tensor<'int32' | 'uint8'>;
    const numbers = column.data.map((y) => (y >= 0 && y < classes ? classes - 1 - y : y));
    const flipped = { ...column, data: numbers } as Tensor;
    return { ...fields, [data]: { ...dataset, columns: { ...columns, [label]: flipped } } };
  };
}
