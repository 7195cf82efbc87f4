// Clients that see the same things differently: one feature of each client's examples changed in the client's own way,
// such as turned images or noisy sensors ("feature distribution skew" of Kairouz, McMahan et al., "Advances and Open
// Problems in Federated Learning", 2021, section 3.1).
import {
  type Dataset,
  deriveSeed,
  formatType,
  type Generator,
  generator,
  type Seed,
  type Tensor,
  type Type,
  type Value,
} from '@starling/federated-core';
import {
  checkOptions,
  dataKinds,
  hasMethods,
  kinds,
  ofKind,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { changedPopulation, columnType } from './changed-population.js';
import type { Population } from './population.js';
import { populationKind } from './population-kind.js';

/** Whose examples are changed. */
export interface SkewedClient {
  /** From 0. */
  readonly index: number;
  /** How many clients there are. */
  readonly clients: number;
  /** All randomness of the change: the client's own generator, the same whenever its data is loaded. */
  readonly random: Generator;
}

/** A change of a feature that differs by client: `rotationSkew`, `noiseSkew` or your own. */
export interface FeatureSkew {
  /** With what it was made of, as `rotation(0,90)`: a run that is resumed compares it. */
  readonly name: string;
  /** A column of the same element type and shape, examples along its first axis; `column` itself is left as it is. */
  apply(column: Tensor, client: SkewedClient): Tensor;
}

export interface SkewedPopulationOptions {
  /** Its clients hold `{ data }`, a sequence of structs with a field `x`, or other names. */
  readonly population: Population;
  readonly skew: FeatureSkew;
  readonly seed: Seed;
  /** The feature that is changed. Default `x`. */
  readonly feature?: string;
  /** The field of a client's data that holds its examples. Default `data`. */
  readonly data?: string;
}

/**
 * The same clients with the same names; data is changed when it is loaded, and so in the same way each time. Throws a
 * `RangeError` if there is no such feature.
 */
export function skewedPopulation(options: SkewedPopulationOptions): Population {
  checkOptions('Cannot skew a population', options, {
    population: required(populationKind),
    skew: required(
      ofKind({ need: 'a skew, such as noiseSkew({ … })', fits: (value) => hasMethods(value, ['apply']) }),
    ),
    seed: required(dataKinds.seed),
    feature: kinds.text,
    data: kinds.text,
  });
  const { population, skew, seed, feature = 'x', data = 'data' } = options;
  const { name, size, dataType } = population;
  checkFeature(name, dataType, data, feature);
  const change = (value: Value, index: number): Value => {
    const fields = value as Readonly<Record<string, Value>>;
    const dataset = fields[data] as Dataset;
    const columns = dataset.columns as Readonly<Record<string, Tensor>>;
    const random = generator(deriveSeed(seed, 'feature-skew', index));
    const column = skew.apply(columns[feature] as Tensor, { index, clients: size, random });
    return { ...fields, [data]: { ...dataset, columns: { ...columns, [feature]: column } } };
  };
  return changedPopulation(population, {
    name: `${name}/${skew.name}`,
    dataType,
    change,
    declared: { skew: skew.name, skewSeed: seed.join(' ') },
  });
}

/** Throws a `RangeError` unless clients hold a sequence `data` of structs with a tensor `feature`. */
function checkFeature(population: string, type: Type, data: string, feature: string): void {
  if (columnType(type, data, feature)?.kind === 'tensor') return;
  throw optionError(
    `Cannot skew ${population}: need a sequence '${data}' of structs with a tensor '${feature}', got ${formatType(type)}`,
  );
}
