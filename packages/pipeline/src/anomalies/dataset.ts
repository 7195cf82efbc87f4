// Whether there are as many examples as expected, in themselves and compared with the span before.
import type { Schema } from '../schema/schema.js';
import type { DatasetStatistics } from '../statistics/dataset-statistics.js';
import type { Anomaly, AnomalyType } from './anomaly.js';

export function datasetAnomalies(
  schema: Schema,
  { numExamples }: DatasetStatistics,
  previous: DatasetStatistics | null,
): readonly Anomaly[] {
  const { min, max, drift } = schema.examples ?? {};
  const all: Anomaly[] = [];
  const add = (type: AnomalyType, description: string, change: Schema['examples']): void => {
    all.push({
      type,
      feature: null,
      description,
      proposed: (one) => ({ ...one, examples: { ...one.examples, ...change } }),
    });
  };
  if (min !== undefined && numExamples < min) {
    add('DATASET_LOW_NUM_EXAMPLES', `there are ${numExamples} examples, at least ${min} are needed`, {
      min: numExamples,
    });
  }
  if (max !== undefined && numExamples > max) {
    add('DATASET_HIGH_NUM_EXAMPLES', `there are ${numExamples} examples, at most ${max} are allowed`, {
      max: numExamples,
    });
  }
  if (drift === undefined || numExamples === 0 || previous === null || previous.numExamples === 0) return all;
  const ratio = numExamples / previous.numExamples;
  const { minFraction, maxFraction } = drift;
  if (minFraction !== undefined && ratio < minFraction) {
    add(
      'COMPARATOR_LOW_NUM_EXAMPLES',
      `there are ${ratio} times as many examples as before, at least ${minFraction} are needed`,
      { drift: { ...drift, minFraction: ratio } },
    );
  }
  if (maxFraction !== undefined && ratio > maxFraction) {
    add(
      'COMPARATOR_HIGH_NUM_EXAMPLES',
      `there are ${ratio} times as many examples as before, at most ${maxFraction} are allowed`,
      { drift: { ...drift, maxFraction: ratio } },
    );
  }
  return all;
}
