// The language of federated computations: what a user writes them with. What runs them is in `/plan`.

export { type CompileOptions, compilePlan } from './compile/compile-plan.js';
export { type AggregatedComputation, requireAggregated } from './computations/aggregated-computation.js';
export { bind } from './computations/bind.js';
export { call } from './computations/call.js';
export {
  type FederatedComputation,
  type FederatedComputationOptions,
  federatedComputation,
} from './computations/federated-computation.js';
export { type PolymorphicComputation, polymorphicComputation } from './computations/polymorphic.js';
export { deserializeComputation, serializeComputation } from './computations/serialize.js';
export {
  CompileError,
  EmptyAggregateError,
  NonFiniteError,
  OverflowError,
  RejectedUpdateError,
  StarlingError,
  TypeMismatchError,
  ValueError,
} from './errors/starling-error.js';
export { type EvaluateOptions, evaluate } from './evaluate/evaluate.js';
export { type EvaluatedRound, evaluateRound } from './evaluate/evaluate-round.js';
export type {
  AnyClientsValue,
  AnyServerValue,
  ClientsValue,
  PlacedValue,
  RevealingClientsValue,
  RevealingServerValue,
  ServerValue,
} from './expression/placed-values.js';
export { type Composed, field, type StructOfFields, SymbolicValue } from './expression/symbolic-value.js';
export { federatedBroadcast } from './intrinsics/moves/federated-broadcast.js';
export { federatedCollect } from './intrinsics/moves/federated-collect.js';
export { federatedSample, type SampleOptions } from './intrinsics/moves/federated-sample.js';
export {
  federatedSecureSelect,
  type SecureSelectOptions,
} from './intrinsics/moves/federated-secure-select.js';
export { federatedSelect, type SelectOptions } from './intrinsics/moves/federated-select.js';
export { federatedEval } from './intrinsics/pointwise/federated-eval.js';
export { federatedMap } from './intrinsics/pointwise/federated-map.js';
export { federatedValue } from './intrinsics/pointwise/federated-value.js';
export { federatedZip, type StructOfMembers } from './intrinsics/pointwise/federated-zip.js';
export { type BoundedMeanOptions, federatedBoundedMean } from './intrinsics/robust/federated-bounded-mean.js';
export {
  federatedGeometricMedian,
  type GeometricMedianOptions,
} from './intrinsics/robust/federated-geometric-median.js';
export { federatedKrum, type KrumOptions } from './intrinsics/robust/federated-krum.js';
export { federatedMedian } from './intrinsics/robust/federated-median.js';
export { federatedTrimmedMean, type TrimmedMeanOptions } from './intrinsics/robust/federated-trimmed-mean.js';
export type { RuleOptions } from './intrinsics/robust/rule.js';
export {
  federatedSecureModularSum,
  type ModularSumOptions,
} from './intrinsics/secure/federated-secure-modular-sum.js';
export { federatedSecureSum, type SecureSumOptions } from './intrinsics/secure/federated-secure-sum.js';
export {
  type BitwidthOptions,
  federatedSecureSumBitwidth,
} from './intrinsics/secure/federated-secure-sum-bitwidth.js';
export { federatedSequenceMap } from './intrinsics/sequences/federated-sequence-map.js';
export { federatedSequenceReduce } from './intrinsics/sequences/federated-sequence-reduce.js';
export { federatedSequenceSum } from './intrinsics/sequences/federated-sequence-sum.js';
export { type AggregateOperators, federatedAggregate } from './intrinsics/sums/federated-aggregate.js';
export {
  type DiscountedMeanOptions,
  federatedDiscountedMean,
} from './intrinsics/sums/federated-discounted-mean.js';
export { federatedMax } from './intrinsics/sums/federated-max.js';
export { federatedMean, type MeanOptions } from './intrinsics/sums/federated-mean.js';
export { federatedMin } from './intrinsics/sums/federated-min.js';
export { federatedSum } from './intrinsics/sums/federated-sum.js';
export { formatComputation } from './printing/format-computation.js';
export { formatIntrinsics } from './printing/format-intrinsics.js';
export { formatPlan } from './printing/format-plan.js';
export { inspectPlan, type PlanSummary } from './printing/inspect-plan.js';
export type { LocalComputation, LocalRunner } from './program/local-computation.js';
export { type Generator, generator } from './random/generator.js';
export { deriveSeed, type Seed, seedFrom } from './random/seed.js';
export { type AggregationProcess, aggregationProcess } from './templates/aggregation-process.js';
export { clientParts } from './templates/client-parts.js';
export { type EstimationProcess, estimationProcess, mapEstimate } from './templates/estimation-process.js';
export {
  type ClientStateOf,
  clientStateOptions,
  type IterativeProcess,
  iterativeProcess,
  type KeepingProcess,
  type MetricsOf,
  type StateOf,
} from './templates/iterative-process.js';
export { keptFrom } from './templates/kept-state.js';
export {
  chain,
  concatenateProcesses,
  type MeasuredProcess,
  measuredProcess,
} from './templates/measured-process.js';
export { clientStartOf, type ProcessStep, startOf, stepOf } from './templates/step.js';
export { formatType } from './types/format.js';
export {
  type AtClients,
  type AtServer,
  abstractType,
  atClients,
  atServer,
  bool,
  type Disclosure,
  type DType,
  equalAtClients,
  type FederatedType,
  float32,
  float64,
  int32,
  int64,
  type Placement,
  type SequenceType,
  type Shape,
  type StructType,
  sequence,
  string,
  struct,
  structEntries,
  type TensorType,
  type Type,
  tensorType,
  uint8,
} from './types/types.js';
export type { HostInput, HostOf, HostValue } from './values/host-types.js';
export { elementAt, stackTensors } from './values/stack.js';
export { type Tensor, tensor } from './values/tensor.js';
export { toHost } from './values/to-host.js';
export { toValue } from './values/to-value.js';
export type { Dataset, Value } from './values/value.js';
export type { ValueOf } from './values/value-types.js';
