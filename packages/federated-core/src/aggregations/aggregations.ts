// The table of the kinds of aggregation: what the type of a plan, its manifest and every runtime go by. To add one:
// its file, its test, a line here.
import type { LocalComputation } from '../program/local-computation.js';
import { aggregateAggregation } from './aggregate.js';
import { boundedMeanAggregation } from './bounded-mean.js';
import { collectAggregation, sampleAggregation } from './collect.js';
import type { AggregationDefinition, AggregationParts } from './definition.js';
import { discountedMeanAggregation } from './discounted-mean.js';
import { maxAggregation, minAggregation } from './extremum.js';
import { meanAggregation, weightedMeanAggregation } from './mean.js';
import { geometricMedianAggregation, krumAggregation } from './nearest.js';
import { medianAggregation, trimmedMeanAggregation } from './ranked.js';
import { secureModularSumAggregation, secureSumAggregation, secureSumBitwidthAggregation } from './secure.js';
import { selectKeysAggregation } from './select-keys.js';
import { decodeSettings, type SettingsOf } from './settings.js';
import { sumAggregation } from './sum.js';

const definitions = [
  sumAggregation,
  meanAggregation,
  weightedMeanAggregation,
  minAggregation,
  maxAggregation,
  aggregateAggregation,
  secureSumAggregation,
  secureSumBitwidthAggregation,
  secureModularSumAggregation,
  collectAggregation,
  sampleAggregation,
  selectKeysAggregation,
  medianAggregation,
  trimmedMeanAggregation,
  krumAggregation,
  geometricMedianAggregation,
  boundedMeanAggregation,
  discountedMeanAggregation,
] as const satisfies readonly AggregationDefinition[];

type Declared = (typeof definitions)[number];

/** The name of a kind of aggregation in a plan. */
export type AggregationKind = Declared['kind'];

/** A kind with the settings that it takes. */
export type KindAndSettings = Declared extends infer D
  ? D extends Declared
    ? { readonly kind: D['kind'] } & SettingsField<D['settings']>
    : never
  : never;

type SettingsField<R extends Declared['settings']> = [keyof R] extends [never]
  ? { readonly settings?: never }
  : { readonly settings: SettingsOf<R> };

/** How one part of the clients' updates becomes one aggregate. `G` is how a graph is named (see `LocalProgram`). */
export type Aggregation<G = LocalComputation> = AggregationParts<G> & KindAndSettings;

/** All kinds, in the order of the table. */
export const aggregationKinds = definitions.map(({ kind }) => kind) as [
  AggregationKind,
  ...AggregationKind[],
];

const byKind: ReadonlyMap<string, AggregationDefinition> = new Map(definitions.map((one) => [one.kind, one]));

export function aggregationDefinition(kind: AggregationKind): AggregationDefinition {
  return byKind.get(kind)!;
}

/** Whether the last leaf of an update is a weight, by which all the others count. */
export function isWeighted({ kind }: Pick<Aggregation<unknown>, 'kind'>): boolean {
  return aggregationDefinition(kind).weighted === true;
}

/**
 * A kind with its settings, from numbers by name as `encodeSettings` gives them. Throws a `RangeError` when they are
 * not the settings of that kind.
 */
export function decodeKind(
  kind: AggregationKind,
  numbers: Readonly<Record<string, number>> | undefined,
): KindAndSettings {
  const forms = aggregationDefinition(kind).settings;
  const settings = decodeSettings(`an aggregation of kind ${kind}`, forms, numbers);
  return (Object.keys(forms).length === 0 ? { kind } : { kind, settings }) as KindAndSettings;
}
