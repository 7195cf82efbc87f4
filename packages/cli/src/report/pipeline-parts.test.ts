import type { FeatureStatistics, StatisticsBySplit } from '@starling/pipeline';
import { describe, expect, test } from 'vitest';
import { renderFeatures } from './pipeline-parts.js';

const statistics = (feature: Partial<FeatureStatistics>, rows: number): StatisticsBySplit => {
  const features = [{ name: 'x', numNonMissing: rows, numMissing: 0, clients: null, ...feature } as never];
  const split = { numExamples: rows, numClients: 1, features };
  return { train: split, eval: split };
};
const numbers = (edges: readonly number[], counts: readonly number[]) => {
  const numeric = { mean: 1, stdDev: 2, histogram: { edges, counts } } as never;
  return statistics(
    { numeric, text: null },
    counts.reduce((sum, one) => sum + one, 0),
  );
};
const texts = (...values: readonly (readonly [string, number])[]) => {
  const text = { unique: values.length, values: values.map(([value, rows]) => ({ value, rows })) } as never;
  return statistics(
    { numeric: null, text },
    values.reduce((sum, [, rows]) => sum + rows, 0),
  );
};
/** Heights of the dashed line, as shares of the highest bar: the axis is at 100, and 96 units are the whole. */
const lineOf = (page: string): readonly number[] => {
  const path = /class="before" d="([^"]*)"/.exec(page)?.[1] ?? '';
  return [...path.matchAll(/[ML][\d.]+ ([\d.]+) L/g)].map(([, y]) => (100 - Number(y)) / 96);
};

describe('renderFeatures', () => {
  test('draws the span before over the bars, cut to their buckets', () => {
    // Ten rows over 1 to 3: half of them in 0 to 2, half in 2 to 4, as are the rows of now. The highest share is 0.5.
    const page = renderFeatures(numbers([0, 2, 4], [3, 3]), null, numbers([1, 3], [10]));
    expect(lineOf(page)).toEqual([1, 1]);
    // A quarter of 0 to 4 is 0 to 1, and what lies beyond 2 is in no bar.
    expect(lineOf(renderFeatures(numbers([0, 1, 2], [4, 4]), null, numbers([0, 4], [8])))).toEqual([
      0.5, 0.5,
    ]);
    expect(page).toContain('mean <b>1 (before 1)</b>');
  });

  test('draws texts by their value, and none for one that is new', () => {
    const page = renderFeatures(texts(['van', 6], ['drone', 2]), null, texts(['bike', 2], ['van', 6]));
    // Vans were and are 6 of 8, which is the highest bar.
    expect(lineOf(page)).toEqual([1, 0]);
  });

  test('draws no line without a span before', () => {
    expect(lineOf(renderFeatures(texts(['van', 6]), null, null))).toEqual([]);
  });
});
