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
export {
  type Artifact,
  type ArtifactKind,
  jsonOf,
  type Made,
  type Property,
  textOf,
} from './artifacts/artifact.js';
export { type ArtifactStore, artifactStore } from './artifacts/artifact-store.js';
export type { Json } from './artifacts/canonical.js';
export { type AirflowOptions, airflowDag } from './compile/airflow.js';
export {
  currentVersion,
  type Destination,
  directory,
  type Provenance,
  rollBack,
} from './components/destination.js';
export {
  type EvaluationFile,
  type EvaluationNode,
  type EvaluatorOptions,
  evaluator,
  type PreparedTrial,
} from './components/evaluator.js';
export { type ExampleGenOptions, type ExamplesNode, exampleGen } from './components/example-gen.js';
export {
  type AnomaliesFile,
  type ExampleValidatorOptions,
  exampleValidator,
  type FoundAnomaly,
  type FoundDistance,
} from './components/example-validator.js';
export { type InfraValidatorOptions, infraValidator } from './components/infra-validator.js';
export {
  type BaselineConstraint,
  type BlessingFile,
  type BlessingNode,
  type GateConstraint,
  type ModelValidatorOptions,
  modelValidator,
  noWorseThanBaseline,
  type TrialOptions,
} from './components/model-validator.js';
export { type PusherOptions, pusher } from './components/pusher.js';
export { type SchemaGenOptions, schemaFile, schemaGen } from './components/schema-gen.js';
export {
  type StatisticsBySplit,
  type StatisticsGenOptions,
  type StatisticsNode,
  statisticsGen,
} from './components/statistics-gen.js';
export { type Curves, type ModelNode, type TrainerOptions, trainer } from './components/trainer.js';
export { type TransformerOptions, type TransformNode, transformer } from './components/transformer.js';
export {
  type BuiltPipeline,
  definePipeline,
  isPipeline,
  type Pipeline,
  type PipelineDefinition,
} from './define/define-pipeline.js';
export { openMetadata } from './metadata/metadata.js';
export type { DoneNode, ExecutionRow, Metadata, NodeState, RunRow, RunState } from './metadata/rows.js';
export type { History, Node, NodeContext, Prepared, TrainedRun, TrainingRun } from './nodes/node.js';
export type {
  NodeEvent,
  NodeResult,
  NodeStatus,
  PipelineResult,
  PipelineRunOptions,
} from './runner/pipeline-result.js';
export { isRunning, runPipeline } from './runner/run-pipeline.js';
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
export type { Analyze, VocabularyOptions as AnalyzeVocabularyOptions } from './transform/analyze.js';
export type { ColumnTensors, Features, Preprocess } from './transform/captured-transform.js';
export { fillMissing, hashText } from './transform/mappers.js';
