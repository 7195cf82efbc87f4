// From tables at their owners to a model that was allowed out: components as values, wired by arguments, and what runs
// them.
export { type Anomaly, type AnomalyType, anomalyTypes } from './anomalies/anomaly.js';
export { type Distance, type DistanceName, distance } from './anomalies/comparators.js';
export {
  type AnomalyOptions,
  findAnomalies,
  findDistances,
  updateSchema,
} from './anomalies/find-anomalies.js';
export { type InferenceOptions, inferFeature, inferSchema } from './schema/infer-schema.js';
export type { Comparator, Domain, Schema, SchemaFeature } from './schema/schema.js';
export { formatSchema, parseSchema } from './schema/schema-file.js';
export type {
  DatasetStatistics,
  FeatureStatistics,
  FeatureType,
  NumericStatistics,
  OutsideBounds,
  TextStatistics,
  ValueCounts,
} from './statistics/dataset-statistics.js';
