// How far today's values are from those of the span before (drift), and from those that the model is asked about
// (skew). A distance above its limit is an anomaly, one at its limit is not.
import {
  jensenShannon,
  jensenShannonOfHistograms,
  lInfinity,
  normalizedDifference,
  rowsByValue,
} from '@starling/analytics';
import type { Comparator } from '../schema/schema.js';
import type { DatasetStatistics, FeatureStatistics } from '../statistics/dataset-statistics.js';
import { type Anomaly, type AnomalyType, type FeatureCheck, featureAnomaly } from './anomaly.js';

export type DistanceName = keyof Comparator;

/** A distance that was computed, with its limit. */
export interface Distance {
  readonly feature: string;
  readonly kind: 'drift' | 'skew';
  readonly name: DistanceName;
  /** Null if it has no meaning for these values, or one side has none. */
  readonly value: number | null;
  readonly limit: number;
}

const TYPES = {
  lInfinity: 'COMPARATOR_L_INFTY_HIGH',
  jensenShannon: 'COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH',
  normalizedDifference: 'COMPARATOR_NORMALIZED_ABSOLUTE_DIFFERENCE_HIGH',
} as const satisfies Record<DistanceName, AnomalyType>;

export function comparatorAnomalies(check: FeatureCheck): readonly Anomaly[] {
  return distancesOf(check).flatMap(({ kind, name, value, limit }) => {
    const than = kind === 'drift' ? 'the span before' : 'the data that the model is asked about';
    if (value === null) {
      return [
        featureAnomaly(
          check,
          'COMPARATOR_CONTROL_DATA_MISSING',
          `there is no ${name} to ${than}: one side has no such values`,
        ),
      ];
    }
    if (value <= limit) return [];
    return [
      featureAnomaly(
        check,
        TYPES[name],
        `${name} to ${than} is ${Number(value.toPrecision(6))}, at most ${limit} is allowed`,
        {
          [kind]: { ...check.expected[kind], [name]: value },
        },
      ),
    ];
  });
}

/** The distances that a schema limits, of what there is to compare with: nothing, in the first run. */
export function distancesOf({
  expected,
  found,
  previous,
  serving,
}: Omit<FeatureCheck, 'schema' | 'numExamples'>): readonly Distance[] {
  const against = (kind: 'drift' | 'skew', control: DatasetStatistics | null): readonly Distance[] => {
    const limits = expected[kind];
    if (limits === undefined || control === null) return [];
    const other = control.features.find(({ name }) => name === found.name) ?? null;
    return (Object.keys(TYPES) as DistanceName[])
      .filter((name) => limits[name] !== undefined)
      .map((name) => ({
        feature: found.name,
        kind,
        name,
        value: other === null ? null : distance(name, found, other),
        limit: limits[name] as number,
      }));
  };
  return [...against('drift', previous), ...against('skew', serving)];
}

/** Null if it has no meaning for these values, or one side has none. */
export function distance(
  name: DistanceName,
  left: FeatureStatistics,
  right: FeatureStatistics,
): number | null {
  if (left.text !== null && right.text !== null) {
    const [a, b] = [rowsByValue(left.text), rowsByValue(right.text)];
    if (name === 'lInfinity') return lInfinity(a, b);
    if (name === 'normalizedDifference') return normalizedDifference(a, b);
    return a.size === 0 || b.size === 0 ? null : jensenShannon(a, b);
  }
  const [a, b] = [left.numeric?.histogram ?? null, right.numeric?.histogram ?? null];
  if (name !== 'jensenShannon' || a === null || b === null) return null;
  const rows = ({ counts, below, above, nan }: typeof a) =>
    counts.reduce((sum, one) => sum + one, below + above + nan);
  return rows(a) === 0 || rows(b) === 0 ? null : jensenShannonOfHistograms(a, b);
}
