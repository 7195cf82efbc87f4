import { describe, expect, test } from 'vitest';
import type { Schema, SchemaFeature } from '../schema/schema.js';
import type { FeatureStatistics } from '../statistics/dataset-statistics.js';
import { datasetOf, numberFeature, textFeature } from '../testing/statistics-of.js';
import { type AnomalyOptions, findAnomalies, findDistances } from './find-anomalies.js';

const schemaOf = (expected: SchemaFeature): Schema => ({
  features: [{ name: 'x', type: 'BYTES', ...expected }],
});
const typesOf = (
  found: FeatureStatistics,
  expected: SchemaFeature,
  options?: AnomalyOptions,
): readonly string[] =>
  findAnomalies(datasetOf(4, found), schemaOf(expected), options).map(({ type }) => type);

describe('comparators', () => {
  const now = textFeature('x', { a: 1, b: 1 });
  const before = datasetOf(4, textFeature('x', { a: 3, b: 1 }));

  test('compares with the span before: 1/2 and 3/4 are 0.25 apart, which is above 0.01', () => {
    const expected = (lInfinity: number) => ({ drift: { lInfinity } });
    expect(typesOf(now, expected(0.01), { previous: before })).toEqual(['COMPARATOR_L_INFTY_HIGH']);
    expect(typesOf(now, expected(0.25), { previous: before })).toEqual([]);
    expect(typesOf(now, expected(0.01))).toEqual([]);
  });

  test('compares with what the model is asked about: a1 b2 c7 and a3 b1 c6 are 0.2 apart', () => {
    const found = textFeature('x', { a: 1, b: 2, c: 7 });
    const serving = datasetOf(10, textFeature('x', { a: 3, b: 1, c: 6 }));
    const expected = (lInfinity: number) => ({ skew: { lInfinity } });
    expect(typesOf(found, expected(0.1), { serving })).toEqual(['COMPARATOR_L_INFTY_HIGH']);
    expect(typesOf(found, expected(1), { serving })).toEqual([]);
    const [distance] = findDistances(datasetOf(10, found), schemaOf(expected(1)), { serving });
    expect(distance?.value).toBeCloseTo(0.2, 15);
  });

  test('compares histograms of numbers, and says where there is nothing to compare with', () => {
    const of = (counts: readonly number[]) =>
      numberFeature('x', 'FLOAT', { histogram: { edges: [0, 1, 2], counts, below: 0, above: 0, nan: 0 } });
    const expected = { type: 'FLOAT', drift: { jensenShannon: 0.99 } } as const;
    // All rows in one bucket, and all in the other: one bit.
    expect(typesOf(of([4, 0]), expected, { previous: datasetOf(4, of([0, 4])) })).toEqual([
      'COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH',
    ]);
    expect(typesOf(of([4, 0]), expected, { previous: datasetOf(4, of([4, 0])) })).toEqual([]);
    expect(typesOf(of([4, 0]), expected, { previous: datasetOf(4, of([0, 0])) })).toEqual([
      'COMPARATOR_CONTROL_DATA_MISSING',
    ]);
    expect(typesOf(of([4, 0]), expected, { previous: datasetOf(4) })).toEqual([
      'COMPARATOR_CONTROL_DATA_MISSING',
    ]);
  });

  test('sees by `normalizedDifference` that there are more rows: 1, 5 and 10, 50 differ by 45 of 66', () => {
    const found = textFeature('x', { a: 1, b: 5 });
    const previous = datasetOf(60, textFeature('x', { a: 10, b: 50 }));
    const schema: Schema = {
      features: [{ name: 'x', type: 'BYTES', drift: { normalizedDifference: 0.5 } }],
    };
    expect(findAnomalies(datasetOf(6, found), schema, { previous }).map(({ type }) => type)).toEqual([
      'COMPARATOR_NORMALIZED_ABSOLUTE_DIFFERENCE_HIGH',
    ]);
    expect(findDistances(datasetOf(6, found), schema, { previous })[0]?.value).toBe(45 / 66);
  });
});
