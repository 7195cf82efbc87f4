// Environments: a label is there in training and missing in serving, and the schema says so once for both.
import type { Schema, SchemaFeature } from './schema.js';

/** Features that are columns to come, or on their way in or out: nothing is expected of them. */
const IDLE: readonly SchemaFeature['lifecycle'][] = ['PLANNED', 'ALPHA', 'DEPRECATED', 'DEBUG_ONLY'];

/** Whether the feature is expected there; without an environment, always. */
export function isInEnvironment(schema: Schema, feature: SchemaFeature, environment: string | null): boolean {
  if (environment === null) return true;
  if (feature.notInEnvironment?.includes(environment)) return false;
  if (feature.inEnvironment?.includes(environment)) return true;
  return schema.defaultEnvironments?.includes(environment) ?? feature.inEnvironment === undefined;
}

/** Whether a column must be there. */
export function isRequired(schema: Schema, feature: SchemaFeature, environment: string | null): boolean {
  const { minCount = 0, minFraction = 0 } = feature.presence ?? {};
  return (
    (minCount > 0 || minFraction > 0) &&
    isInEnvironment(schema, feature, environment) &&
    !IDLE.includes(feature.lifecycle)
  );
}
