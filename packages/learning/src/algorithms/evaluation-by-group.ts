// Federated evaluation by groups of examples: what `federatedEvaluation` gives, and the rates of groups, from four
// integers for each group and threshold. The server sees sums alone, as there.
import {
  type AggregatedComputation,
  type AtServer,
  atClients,
  atServer,
  federatedComputation,
  type HostValue,
  type StructType,
  sequence,
  type Type,
} from '@starling/federated-core';
import { checkOptions, required } from '@starling/federated-core/plan';
import {
  type Besides,
  checkMeasures,
  MEASURE_OPTIONS,
  type MeasureOptions,
  measuredOnClients,
} from '../evaluation/measured-on-clients.js';
import { type GroupCounts, groupCountsWork } from '../fairness/group-counts.js';
import { type GroupFigures, groupFigures } from '../fairness/group-figures.js';
import { GROUPS, withGroupCounts } from '../fairness/group-terms.js';
import { checkColumns, type GroupOptions, type Groups, groupsOf } from '../fairness/groups.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { checkModels, computationOfModels, type Models } from './evaluation-of-models.js';

export interface EvaluationByGroupOptions extends MeasureOptions {
  readonly groups: GroupOptions;
  readonly model: Model;
}

export interface EvaluationOfModelsByGroupOptions extends MeasureOptions {
  readonly groups: GroupOptions;
  /** Several at once, as of `evaluationOfModels`. */
  readonly models: Models;
}

/** What `evaluation` of a run takes, with `every` and `population`. */
export interface EvaluationByGroup {
  /** Gives as `groups` counts by parts of the clients, which are to be seen by nobody else. */
  readonly computation: AggregatedComputation<Type | null, AtServer<StructType>>;
  /** The result of the computation with `GroupFigures` as `groups`: what is recorded, and what constraints read. */
  finish(result: HostValue): HostValue;
}

/** Throws a `RangeError` for options that do not fit the model. */
export function evaluationByGroup(
  options: EvaluationByGroupOptions | EvaluationOfModelsByGroupOptions,
): EvaluationByGroup {
  const groups = groupsOf(options.groups);
  if ('models' in options) {
    checkOptions(ACTION, options, { models: true, groups: true, ...MEASURE_OPTIONS });
    const { models } = options;
    checkModels(models);
    for (const model of Object.values(models)) checkGroups(model, groups, options);
    const computation = computationOfModels(models, options, (model) => counting(model, groups));
    return {
      computation: computation as unknown as EvaluationByGroup['computation'],
      finish: (result) => {
        const each = Object.entries(result as Fields).map(
          ([name, of]) => [name, finished(groups, of)] as const,
        );
        return Object.fromEntries(each);
      },
    };
  }
  checkOptions(ACTION, options, { model: required(modelKind), groups: true, ...MEASURE_OPTIONS });
  const { model } = options;
  checkGroups(model, groups, options);
  const computation = federatedComputation(
    { model: atServer(model.weights), data: atClients(sequence(model.example)) },
    ({ model: weights, data }) =>
      measuredOnClients(model, { weights, data }, options, counting(model, groups)),
    { name: 'evaluation by group' },
  );
  return {
    computation: computation as unknown as EvaluationByGroup['computation'],
    finish: (result) => finished(groups, result),
  };
}

const ACTION = 'Cannot evaluate a model by groups';

type Fields = { readonly [name: string]: HostValue };

function checkGroups(
  model: Model,
  groups: Groups,
  options: MeasureOptions & { readonly groups: GroupOptions },
): void {
  checkColumns(groups, options.groups, model.example);
  checkMeasures(ACTION, model, options);
}

function counting(model: Model, groups: Groups): Besides {
  const counted = withGroupCounts(model, groups);
  return { name: GROUPS, model: counted, work: groupCountsWork(counted, groups), hidden: [GROUPS] };
}

function finished(groups: Groups, result: HostValue): HostValue {
  const { [GROUPS]: counts, ...others } = result as Fields;
  const figures: GroupFigures = groupFigures(groups, counts as unknown as GroupCounts);
  return { ...others, [GROUPS]: figures as unknown as HostValue };
}
