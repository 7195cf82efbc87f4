// The type of federated averaging, so that a run knows its state and metrics: `state.model`, `metrics.loss`.
import type {
  AtServer,
  FederatedComputation,
  IterativeProcess,
  StructType,
  TensorType,
  Type,
} from '@starling/federated-core';
import type { Means } from '../evaluation/evaluation-types.js';
import type { Model } from '../model/model.js';

export type AveragingState<W extends string = string> = StructType<{
  /** The weights. */
  readonly model: Model<W>['weights'];
  readonly optimizer: Type;
  readonly aggregator: Type;
  /** Rounds done: only if an option is a function of them. */
  readonly round: TensorType<'int32', readonly []>;
}>;

/** `W`: the names of the weights. */
export type AveragingProcess<W extends string = string> = IterativeProcess<
  FederatedComputation<null, AtServer<AveragingState<W>>>,
  FederatedComputation<
    Type | null,
    StructType<{
      readonly state: AtServer<AveragingState<W>>;
      readonly metrics: AtServer<StructType<{ readonly [N in keyof Means]: Means[N] }>>;
    }>
  >
>;
