// A model that starts from weights that were trained elsewhere: before some of it is frozen, or adapters are put on it.
import type { Tensor } from '@starling/federated-core';
import { checkWeights } from '../model/check-weights.js';
import type { Model } from '../model/model.js';
import { modelKind, withoutHabits } from '../model/model-kind.js';

/**
 * The same model with other first weights, by name. Throws a `RangeError` that has both lists if they are not those of
 * the model.
 */
export function modelFrom<M extends Model>(model: M, weights: { readonly [name: string]: Tensor }): M {
  const action = 'Cannot start a model from given weights';
  modelKind(action, 'model', model);
  checkWeights(action, model, weights);
  const initialWeights = Object.fromEntries(
    Object.keys(model.initialWeights).map((name) => [name, weights[name] as Tensor<'float32'>]),
  );
  return withoutHabits({ ...model, initialWeights }) as M;
}
