// What does not fit between statistics and a schema: every anomaly of a split, and the schema that would fit it.

import { isInEnvironment, isRequired } from '../schema/environments.js';
import { inferFeature } from '../schema/infer-schema.js';
import type { Schema } from '../schema/schema.js';
import type { DatasetStatistics } from '../statistics/dataset-statistics.js';
import type { Anomaly, FeatureCheck } from './anomaly.js';
import { comparatorAnomalies, type Distance, distancesOf } from './comparators.js';
import { datasetAnomalies } from './dataset.js';
import { domainAnomalies } from './domains.js';
import { presenceAnomalies } from './presence.js';
import { schemaAnomalies } from './schema-itself.js';
import { valueAnomalies } from './values.js';

export interface AnomalyOptions {
  /** Of the span before, for drift. Default: nothing to compare with. */
  readonly previous?: DatasetStatistics | null;
  /** Of what the model is asked about, for skew. */
  readonly serving?: DatasetStatistics | null;
  /** Where the data is from, such as `SERVING`; default: everything is expected. */
  readonly environment?: string | null;
}

/** Every anomaly: of the schema itself, of the number of examples, of each feature, of columns that are new. */
export function findAnomalies(
  statistics: DatasetStatistics,
  schema: Schema,
  options: AnomalyOptions = {},
): readonly Anomaly[] {
  const { previous = null, environment = null } = options;
  const own = schemaAnomalies(schema, environment);
  const broken = new Set(own.map(({ feature }) => feature));
  const byName = new Map(statistics.features.map((one) => [one.name, one]));
  const ofFeatures = schema.features.flatMap((expected): readonly Anomaly[] => {
    const { name } = expected;
    if (name === undefined || broken.has(name) || !isInEnvironment(schema, expected, environment)) return [];
    const found = byName.get(name);
    if (found === undefined) return isRequired(schema, expected, environment) ? [missingColumn(name)] : [];
    const check = checkOf(statistics, schema, options, { expected, found });
    return [presenceAnomalies, valueAnomalies, domainAnomalies, comparatorAnomalies].flatMap((find) =>
      find(check),
    );
  });
  const known = new Set(schema.features.map(({ name }) => name));
  const ofNew = statistics.features.filter(({ name }) => !known.has(name)).map(newColumn);
  return [...own, ...datasetAnomalies(schema, statistics, previous), ...ofFeatures, ...ofNew];
}

/** Every distance that the schema limits, whether it is within its limit or not. */
export function findDistances(
  statistics: DatasetStatistics,
  schema: Schema,
  options: AnomalyOptions = {},
): readonly Distance[] {
  const byName = new Map(statistics.features.map((one) => [one.name, one]));
  return schema.features.flatMap((expected) => {
    const found = expected.name === undefined ? undefined : byName.get(expected.name);
    return found === undefined ? [] : distancesOf(checkOf(statistics, schema, options, { expected, found }));
  });
}

/** The schema with every change that its anomalies propose: as far as one can be made to fit, these statistics do. */
export function updateSchema(
  schema: Schema,
  statistics: DatasetStatistics,
  options: AnomalyOptions = {},
): Schema {
  return findAnomalies(statistics, schema, options).reduce(
    (changed, { proposed }) => proposed?.(changed) ?? changed,
    schema,
  );
}

function checkOf(
  { numExamples }: DatasetStatistics,
  schema: Schema,
  { previous = null, serving = null }: AnomalyOptions,
  feature: Pick<FeatureCheck, 'expected' | 'found'>,
): FeatureCheck {
  return { schema, ...feature, numExamples, previous, serving };
}

function missingColumn(name: string): Anomaly {
  return {
    type: 'SCHEMA_MISSING_COLUMN',
    feature: name,
    description: 'the column is not there',
    proposed: (schema) => ({
      ...schema,
      features: schema.features.map((one) => (one.name === name ? { ...one, lifecycle: 'DEPRECATED' } : one)),
    }),
  };
}

function newColumn(found: DatasetStatistics['features'][number]): Anomaly {
  return {
    type: 'SCHEMA_NEW_COLUMN',
    feature: found.name,
    description: 'the column is not in the schema',
    proposed: (schema) => ({ ...schema, features: [...schema.features, inferFeature(found)] }),
  };
}
