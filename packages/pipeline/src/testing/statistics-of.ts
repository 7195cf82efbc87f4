// Statistics written by hand, for tests: what is not said is a column of one value an example, none missing.
import type {
  DatasetStatistics,
  FeatureStatistics,
  NumericStatistics,
} from '../statistics/dataset-statistics.js';

/** A text column of these values with their rows. */
export function textFeature(
  name: string,
  rows: Readonly<Record<string, number>>,
  change: Partial<FeatureStatistics> = {},
): FeatureStatistics {
  const values = Object.entries(rows).map(([value, count]) => ({ value, rows: count, clients: 1 }));
  const numNonMissing = values.reduce((sum, one) => sum + one.rows, 0);
  return {
    name,
    type: 'STRING',
    numNonMissing,
    numMissing: 0,
    numValues: { min: 1, max: 1, total: numNonMissing },
    numeric: null,
    text: {
      unique: values.length,
      values,
      otherRows: 0,
      withheldValues: 0,
      invalidUtf8Count: 0,
      domain: null,
    },
    clients: null,
    ...change,
  };
}

/** A column of numbers, of which only these figures are known. */
export function numberFeature(
  name: string,
  type: 'INT' | 'FLOAT',
  numeric: Partial<NumericStatistics>,
  change: Partial<FeatureStatistics> = {},
): FeatureStatistics {
  return {
    name,
    type,
    numNonMissing: 4,
    numMissing: 0,
    numValues: { min: 1, max: 1, total: 4 },
    numeric: {
      mean: null,
      stdDev: null,
      numZeros: 0,
      numNan: 0,
      numInfinite: 0,
      min: null,
      max: null,
      quantiles: [],
      histogram: null,
      outside: null,
      ...numeric,
    },
    text: null,
    clients: null,
    ...change,
  };
}

export function datasetOf(numExamples: number, ...features: readonly FeatureStatistics[]): DatasetStatistics {
  return { numExamples, numClients: 1, features };
}
