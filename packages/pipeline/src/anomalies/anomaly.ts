// An anomaly: where data and schema do not fit, and which schema they would fit. Types and conditions are those of
// TensorFlow Data Validation (its page on anomalies, and `anomalies.proto`), of which those stand here that columns of
// numbers and text can have; `CLIENT_FRACTION_LOW` is a federation's own.
import type { Schema, SchemaFeature } from '../schema/schema.js';
import type { DatasetStatistics, FeatureStatistics } from '../statistics/dataset-statistics.js';

export const anomalyTypes = [
  'DATASET_LOW_NUM_EXAMPLES',
  'DATASET_HIGH_NUM_EXAMPLES',
  'COMPARATOR_LOW_NUM_EXAMPLES',
  'COMPARATOR_HIGH_NUM_EXAMPLES',
  'SCHEMA_NEW_COLUMN',
  'SCHEMA_MISSING_COLUMN',
  'FEATURE_TYPE_NOT_PRESENT',
  'FEATURE_TYPE_LOW_NUMBER_PRESENT',
  'FEATURE_TYPE_LOW_FRACTION_PRESENT',
  'CLIENT_FRACTION_LOW',
  'UNEXPECTED_DATA_TYPE',
  'INVALID_FEATURE_SHAPE',
  'FEATURE_TYPE_LOW_NUMBER_VALUES',
  'FEATURE_TYPE_HIGH_NUMBER_VALUES',
  'FEATURE_TYPE_NO_UNIQUE',
  'FEATURE_TYPE_LOW_UNIQUE',
  'FEATURE_TYPE_HIGH_UNIQUE',
  'ENUM_TYPE_UNEXPECTED_STRING_VALUES',
  'ENUM_TYPE_INVALID_UTF8',
  'INT_TYPE_BIG_INT',
  'INT_TYPE_SMALL_INT',
  'INT_TYPE_NOT_INT_STRING',
  'FLOAT_TYPE_BIG_FLOAT',
  'FLOAT_TYPE_SMALL_FLOAT',
  'FLOAT_TYPE_HAS_NAN',
  'FLOAT_TYPE_HAS_INF',
  'FLOAT_TYPE_STRING_NOT_FLOAT',
  'BOOL_TYPE_BIG_INT',
  'BOOL_TYPE_SMALL_INT',
  'BOOL_TYPE_UNEXPECTED_STRING',
  'BOOL_TYPE_UNEXPECTED_FLOAT',
  'BOOL_TYPE_INVALID_CONFIG',
  'DOMAIN_INVALID_FOR_TYPE',
  'COMPARATOR_L_INFTY_HIGH',
  'COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH',
  'COMPARATOR_NORMALIZED_ABSOLUTE_DIFFERENCE_HIGH',
  'COMPARATOR_CONTROL_DATA_MISSING',
  'INVALID_SCHEMA_SPECIFICATION',
  'INVALID_DOMAIN_SPECIFICATION',
  'FEATURE_MISSING_NAME',
  'FEATURE_MISSING_TYPE',
  'STATS_NOT_AVAILABLE',
] as const;

export type AnomalyType = (typeof anomalyTypes)[number];

export interface Anomaly {
  readonly type: AnomalyType;
  /** Null of the dataset as a whole. */
  readonly feature: string | null;
  /** What was found and what is allowed, in a sentence. */
  readonly description: string;
  /** The change of the schema that this data would need; null if there is none. */
  readonly proposed: ((schema: Schema) => Schema) | null;
}

/** What a check of one feature is given. */
export interface FeatureCheck {
  readonly schema: Schema;
  readonly expected: SchemaFeature;
  readonly found: FeatureStatistics;
  readonly numExamples: number;
  readonly previous: DatasetStatistics | null;
  readonly serving: DatasetStatistics | null;
}

/** Words an anomaly of a feature; `change` are the fields that would make the schema fit. */
export function featureAnomaly(
  { expected }: Pick<FeatureCheck, 'expected'>,
  type: AnomalyType,
  description: string,
  change: Partial<SchemaFeature> | null = null,
): Anomaly {
  const name = expected.name ?? null;
  return {
    type,
    feature: name,
    description,
    proposed: change === null || name === null ? null : changing(name, change),
  };
}

/** A schema whose feature has these fields; undefined leaves one out. */
function changing(name: string, change: Partial<SchemaFeature>): (schema: Schema) => Schema {
  return (schema) => ({
    ...schema,
    features: schema.features.map((one) => (one.name === name ? withFields(one, change) : one)),
  });
}

function withFields(feature: SchemaFeature, change: Partial<SchemaFeature>): SchemaFeature {
  const all = { ...feature, ...change };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as SchemaFeature;
}
