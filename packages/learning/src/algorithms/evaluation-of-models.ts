// Several models evaluated at once: in one round, on the same clients and the same examples, such as a model and the
// one that it is to replace, or an ensemble's members.
import {
  type AggregatedComputation,
  type AnyClientsValue,
  type AnyServerValue,
  type AtServer,
  atClients,
  atServer,
  type FederatedComputation,
  federatedComputation,
  federatedZip,
  formatType,
  type StructType,
  sequence,
  type Type,
} from '@starling/federated-core';
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import {
  type Besides,
  checkMeasures,
  MEASURE_OPTIONS,
  type MeasureOptions,
  measuredOnClients,
} from '../evaluation/measured-on-clients.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';

/** Models by name, of the same examples. A name is that of the parameter that has the weights. */
export type Models = { readonly [name: string]: Model };

export interface EvaluationOfModelsOptions extends MeasureOptions {
  readonly models: Models;
}

/**
 * (the weights of each model, by its name, at the server, data: each client's sequence of examples) → by the name of a
 * model what `federatedEvaluation` gives of it. In a run `{ model: candidate, baseline: candidate }` takes the weights
 * at hand from the state, and `arguments: { baseline }` has those to compare them with. Throws a `RangeError` if an
 * option is out of its range.
 */
export function evaluationOfModels(
  options: EvaluationOfModelsOptions,
): AggregatedComputation<Type | null, AtServer<StructType>> {
  checkOptions(ACTION, options, { models: required(kinds.record), ...MEASURE_OPTIONS });
  checkModels(options.models);
  for (const model of Object.values(options.models)) checkMeasures(ACTION, model, options);
  return computationOfModels(options.models, options, () => null) as unknown as AggregatedComputation<
    Type | null,
    AtServer<StructType>
  >;
}

const ACTION = 'Cannot evaluate models';

/** Throws a `RangeError` unless they are models by name, of one type of examples. */
export function checkModels(models: Models): void {
  const [first, ...others] = Object.entries(models);
  if (first === undefined) throw optionError(`${ACTION}: models must have a model, got none`);
  for (const [name, model] of [first, ...others]) {
    if (name === 'data') throw optionError(`${ACTION}: a model must have another name than 'data', got it`);
    modelKind(ACTION, `the model '${name}'`, model);
    if (formatType(model.example) !== formatType(first[1].example)) {
      throw optionError(
        `${ACTION}: all must take the same examples, got ${formatType(first[1].example)} of '${first[0]}' and ${formatType(model.example)} of '${name}'`,
      );
    }
  }
}

/** `besides`: what else is measured of each. */
export function computationOfModels(
  models: Models,
  options: MeasureOptions,
  besides: (model: Model) => Besides | null,
): FederatedComputation {
  const all = Object.entries(models);
  const weights = all.map(([name, model]) => [name, atServer(model.weights)] as const);
  const [, { example }] = all[0] as [string, Model];
  return federatedComputation(
    { ...Object.fromEntries(weights), data: atClients(sequence(example)) },
    (given) => {
      const values = given as unknown as { readonly [name: string]: AnyServerValue };
      const data = values['data'] as unknown as AnyClientsValue;
      const measured = all.map(([name, model]) => {
        const of = { weights: values[name] as AnyServerValue, data };
        return [name, measuredOnClients(model, of, options, besides(model))] as const;
      });
      return federatedZip(Object.fromEntries(measured));
    },
    { name: 'evaluation of models' },
  ) as unknown as FederatedComputation;
}
