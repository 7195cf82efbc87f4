// The evaluation of a run on a dataset that is at hand, such as a test set: what `evaluation` of a federation or of
// `runRounds` takes, for every process whose state has the weights as `model`.
import type { LocalRunner, ValueOf } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { type EvaluationMetrics, type ModelEvaluationOptions, modelEvaluation } from './model-evaluation.js';

export interface DatasetEvaluationOptions extends Omit<ModelEvaluationOptions, 'run'> {
  /** Rounds from one evaluation to the next; 1 by default. */
  readonly every?: number;
}

export interface DatasetEvaluation {
  readonly every: number;
  run(
    state: { readonly model: ValueOf<Model['weights']> },
    round: number,
    local: LocalRunner,
  ): Promise<EvaluationMetrics>;
}

/** The dataset is checked in the first round that is evaluated: see `modelEvaluation`. */
export function datasetEvaluation(options: DatasetEvaluationOptions): DatasetEvaluation {
  checkOptions('Cannot evaluate a run', options, {
    model: required(modelKind),
    dataset: true,
    batchSize: count,
    every: count,
  });
  const { every = 1, ...of } = options;
  let evaluator: ReturnType<typeof modelEvaluation> | null = null;
  return {
    every,
    run(state, _round, local) {
      evaluator ??= modelEvaluation({ ...of, run: local });
      return evaluator(state.model);
    },
  };
}
