// A model of which some layers stay as they are: transfer learning, where a part was trained elsewhere, and fine tuning
// of the last layers.
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { pickTensors } from '../tensors/tensors.js';
import { type PartialModel, partialModel, weightsNamed } from './partial-model.js';

export interface FrozenModelOptions {
  /** Weights by name, or layers: `dense_1` is its kernel and its bias. */
  readonly freeze: readonly string[];
}

/**
 * The same model whose weights of `freeze` stay what they are at first: they are constants of the plan, and neither
 * trained nor sent in a round; nor do averages of theirs move. Throws a `RangeError` if nothing would be left to train.
 */
export function frozenModel(model: Model, options: FrozenModelOptions): PartialModel {
  const action = 'Cannot freeze layers';
  modelKind(action, 'model', model);
  checkOptions(action, options, { freeze: required(kinds.list) });
  const frozen = weightsNamed(action, model, options.freeze);
  const left = Object.keys(model.initialWeights).filter((name) => !frozen.has(name));
  const trainable = model.trainable.filter((name) => !frozen.has(name));
  if (trainable.length === 0) {
    throw optionError(`${action}: need a weight of ${model.name} that is trained, got all of them frozen`);
  }
  return partialModel(model, {
    name: model.name,
    initialWeights: Object.fromEntries(left.map((name) => [name, model.initialWeights[name]!])),
    trainable,
    whole: (own, from) => pickTensors({ ...from, ...own }, Object.keys(model.initialWeights)),
  });
}
