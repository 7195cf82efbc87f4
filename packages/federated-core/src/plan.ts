// What runtimes, engines, codecs and rooms of ready-made parts need of the language: plans and what runs them, leaves,
// types as data, and the checks of values and options.
export {
  type Aggregation,
  type AggregationKind,
  aggregationKinds,
  decodeKind,
  isWeighted,
  type KindAndSettings,
} from './aggregations/aggregations.js';
export { type ManyChecker, manyChecker } from './aggregations/check-many.js';
export { type UpdateChecker, updateChecker, updateNames } from './aggregations/check-update.js';
export { createReduction } from './aggregations/create-reduction.js';
export { findNonFinite } from './aggregations/finite.js';
export type { Accumulator, Reduction } from './aggregations/reduction.js';
export { encodeSettings, type PerLeaf } from './aggregations/settings.js';
export { checkAsynchronous } from './compile/check-asynchronous.js';
export { bytesOf } from './compile/lane-size.js';
export { computationKinds } from './computations/computation-kinds.js';
export { checkKind, hasMethods, type Kind, kinds, ofKind } from './errors/check-kind.js';
export {
  type Check,
  checkChoice,
  checkNumber,
  checkOptions,
  count,
  MAX_COUNT,
  type NumberRange,
  numberWithin,
  oneOf,
  optionError,
  type RequiredCheck,
  required,
} from './errors/check-option.js';
export { countOrShare } from './errors/count-or-share.js';
export { describeValue, isClass, isPlain } from './errors/describe-value.js';
export { withoutFrozenSources } from './errors/frozen-sources.js';
export { refuseMethods } from './errors/habits.js';
export { ignoreRejections } from './errors/ignore-rejections.js';
export { refusesOtherFields } from './errors/missing-fields.js';
export { didYouMean, nearestName } from './errors/nearest-name.js';
export { readThrown, thrownWords } from './errors/read-thrown.js';
export { atLocation, sourceLocation, userLocation, withLongStacks } from './errors/source-location.js';
export {
  formatPlace,
  isThrownByStarling,
  isThrownByUser,
  type StackFrame,
  userFrames,
} from './errors/stack-frames.js';
export { type RejectionCode, reworded } from './errors/starling-error.js';
export { runBody } from './errors/user-body.js';
export { warnOnce } from './errors/warn-once.js';
// The table that documentation and tools read.
export type { IntrinsicDefinition } from './intrinsics/framework/definition.js';
export { intrinsics } from './intrinsics/intrinsics.js';

export { stateLeafCount, workOutputs } from './plan/client-state-leaves.js';
export { joinPlans } from './plan/join-plans.js';
export type { LostClient } from './plan/lost-client.js';
export type { ClientState, Phase, PlanSources, RoundPlan, Selection, WhenLost } from './plan/round-plan.js';
export {
  type ClientSlices,
  type CohortSlices,
  clientSlices,
  selectSlices,
  slicesAt,
  slicesInOrder,
  splitKeys,
  unpackSlices,
} from './plan/select-slices.js';
export type {
  ClientStateSummary,
  PhaseSummary,
  SelectionSummary,
  UpdateSummary,
} from './printing/inspect-plan.js';
export { usualGoal } from './printing/usual-goal.js';
export { explainFailure } from './program/call-failure.js';
export { type MaybePromise, runnerKind } from './program/local-computation.js';
export type { Instruction, LocalProgram, Register } from './program/program.js';
export { type GraphRunner, runProgram } from './program/run-program.js';
export { clientSeed, clientStateSeed, roundSeed, serverSeed } from './program/seeds.js';
export { distancesOf } from './rows/distances.js';
export { type FloatArray, middlesOf } from './rows/middles.js';
export { chunksOf, plainRows, type RowKernels } from './rows/row-kernels.js';
export { type NumberArray, plainVectors, type VectorKernels } from './sums/vector-kernels.js';
export { reveals } from './types/disclosure.js';
export { leafNames } from './types/leaf-names.js';
export { leafCount, leafTypes, splitLeaves } from './types/leaves.js';
export { parseType } from './types/parse.js';
export { isAssignable } from './types/relations.js';
export { type FunctionType, functionType, isType, type StructElements } from './types/types.js';
export { checkValue } from './values/check-value.js';
export { type Column, columnOf, tensorAt } from './values/column.js';
export { dataKinds } from './values/data-kinds.js';
export { flatten, unflatten } from './values/flatten.js';
export { leafReader } from './values/leaf-reader.js';
export { allocate, bytesPerElement, copyTensor, isTensor, partsFault, sizeOf } from './values/tensor.js';
export { valueFor } from './values/value-for.js';
