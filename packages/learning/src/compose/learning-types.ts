// The type of a learning process, so that a run knows its state and metrics: `state.model`, `metrics.loss`.
import type {
  AtServer,
  FederatedComputation,
  IterativeProcess,
  StructType,
  Type,
} from '@starling/federated-core';
import type { Means } from '../evaluation/evaluation-types.js';
import type { Model } from '../model/model.js';

/** The weights, and what each part keeps from round to round: an empty struct of one that keeps nothing. */
export type LearningState<W extends string = string> = StructType<{
  readonly model: Model<W>['weights'];
  readonly finalizer: Type;
  readonly aggregator: Type;
  readonly clientWork: Type;
  readonly distributor: Type;
}>;

/** `W`: the names of the weights. */
export type LearningProcess<W extends string = string> = IterativeProcess<
  FederatedComputation<null, AtServer<LearningState<W>>>,
  FederatedComputation<
    Type | null,
    StructType<{
      readonly state: AtServer<LearningState<W>>;
      readonly metrics: AtServer<StructType<{ readonly [N in keyof Means]: Means[N] }>>;
    }>
  >
> & {
  /** What is trained. */
  readonly model: Model<W>;
};
