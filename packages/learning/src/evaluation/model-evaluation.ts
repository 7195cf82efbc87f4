// Evaluation at the server: a model's mean loss and metrics on a dataset that is at hand, such as a test set.
import {
  type Dataset,
  type LocalRunner,
  type StructType,
  seedFrom,
  sequence,
  type Tensor,
  type Value,
} from '@starling/federated-core';
import {
  checkOptions,
  count,
  flatten,
  required,
  runnerKind,
  unflatten,
  valueFor,
} from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { meansWork } from '../work/means-work.js';
import { evaluationWork } from './evaluation-work.js';

/**
 * Mean loss and metrics over the examples, and their number, by name. NaN or infinite where the weights give no finite
 * number, where a label is none that the loss or metric has a meaning for, and of no examples. Where the loss of an
 * example is NaN, so is every metric: an accuracy of scores that are NaN is not a number.
 */
export type EvaluationMetrics = { readonly [name: string]: number };

/** As `EvaluationMetrics`, where the model has metrics of sums that are no scalars, such as a confusion matrix. */
export type TensorMetrics = { readonly [name: string]: number | Tensor };

export interface ModelEvaluationOptions {
  readonly model: Model;
  readonly dataset: Dataset;
  /** Runs the local computation: `localRunner(engine)`, or what a run of rounds hands to its evaluation. */
  readonly run: LocalRunner;
  /** Examples evaluated at once; 500 by default. It changes the speed, not the result. */
  readonly batchSize?: number;
}

/**
 * A function from weights (a value of `model.weights`) to metrics on `dataset`, to be called after each round. Throws a
 * `ValueError` if the dataset is none of the model's examples, or its columns differ in length.
 */
export function modelEvaluation(
  options: ModelEvaluationOptions,
): (weights: Value) => Promise<EvaluationMetrics> {
  checkOptions('Cannot evaluate a model', options, OPTIONS);
  const { model, dataset, run, batchSize = 500 } = options;
  const work = evaluationWork({ model, batchSize });
  const type = sequence(model.example);
  const data = flatten(type, valueFor('Cannot evaluate a model', 'dataset', type, dataset));
  return async (weights) => {
    const leaves = await run(work, [...weightLeaves(model, weights), ...data], seedFrom(0));
    const totals = unflatten(work.type.result as StructType, leaves) as { readonly [name: string]: Tensor };
    const sums = Object.fromEntries(
      Object.entries(totals).map(([name, { data }]) => [name, Number(data[0])]),
    ) as { readonly examples: number; readonly [name: string]: number };
    const { examples, ...rest } = sums;
    const means = Object.entries(rest).map(([name, sum]) => [name, sum / examples] as const);
    return { ...Object.fromEntries(means), ...(await resultsOf(model, leaves, run)), examples };
  };
}

/** The metrics of one set of weights (a value of `model.weights`) on one dataset: `modelEvaluation`, called once. */
export function evaluateModel(
  given: ModelEvaluationOptions & { readonly weights: Value },
): Promise<EvaluationMetrics> {
  checkOptions('Cannot evaluate a model', given, { ...OPTIONS, weights: true });
  const { weights, ...options } = given;
  return modelEvaluation(options)(weights);
}

/** The metrics that are made of sums: numbers, though the type says so of tensors, too, which `TensorMetrics` has. */
async function resultsOf(
  model: Model,
  totals: readonly Tensor[],
  run: LocalRunner,
): Promise<EvaluationMetrics> {
  const names = Object.keys(model.sumMetrics ?? {});
  if (names.length === 0) return {};
  const means = meansWork(model);
  const leaves = await run(means, totals, seedFrom(0));
  const all = unflatten(means.type.result as StructType, leaves) as { readonly [name: string]: Tensor };
  const results = names.map((name) => {
    const value = all[name] as Tensor;
    return [name, value.shape.length === 0 ? Number(value.data[0]) : value] as const;
  });
  return Object.fromEntries(results) as EvaluationMetrics;
}

const OPTIONS = {
  model: required(modelKind),
  dataset: true,
  run: required(runnerKind),
  batchSize: count,
} as const;

/** Throws a `ValueError` that names the weight at fault. */
function weightLeaves(model: Model, weights: Value): readonly Tensor[] {
  return flatten(model.weights, valueFor('Cannot evaluate a model', 'weights', model.weights, weights));
}
