// A model of which a part is trained: its weights are few, and what makes all weights of the whole model of them is
// part of its pass. So only these few are broadcast, trained and sent; the others are constants of the plan.
import { tf } from '@starling/compute';
import { float32, struct, type Tensor } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { checkWeights } from '../model/check-weights.js';
import type { Batch, Model } from '../model/model.js';
import { withoutHabits } from '../model/model-kind.js';
import type { Tensors } from '../tensors/tensors.js';

type Weights = { readonly [name: string]: Tensor<'float32'> };

export interface PartialModel extends Model {
  /** All weights of the whole model, by their names there. Throws a `RangeError` for weights of another. */
  wholeWeights(weights: { readonly [name: string]: Tensor }): Weights;
}

export interface PartOf {
  readonly name: string;
  readonly initialWeights: Weights;
  readonly trainable: readonly string[];
  /** All weights of the whole model, of those of the part and those that it starts from. Traced, and run by tf.js. */
  whole(weights: Tensors, from: Tensors): Tensors;
}

export function partialModel(model: Model, { name, initialWeights, trainable, whole }: PartOf): PartialModel {
  const { layers, outputs } = model;
  const shapes = Object.entries(initialWeights).map(
    ([weight, { shape }]) => [weight, float32(...shape)] as const,
  );
  const weights = struct(Object.fromEntries(shapes)) as Model['weights'];
  const tensorsOf = (all: { readonly [name: string]: Tensor }): Tensors =>
    Object.fromEntries(
      Object.entries(all).map(([weight, { shape, data }]) => [
        weight,
        tf.tensor(data as Float32Array, [...shape], 'float32'),
      ]),
    );
  const wholeOf = (own: Tensors): Tensors => whole(own, tensorsOf(model.initialWeights));
  const wholeWeights: PartialModel['wholeWeights'] = (own) => {
    checkWeights(`Cannot make ${model.name} whole`, { weights }, own);
    return tf.tidy(() => {
      const all = Object.entries(wholeOf(tensorsOf(own))).map(([weight, value]) => [
        weight,
        { dtype: 'float32', shape: [...value.shape], data: Float32Array.from(value.dataSync()) } as const,
      ]);
      return Object.fromEntries(all);
    });
  };
  const isOwn = (weight: string): boolean => weight in initialWeights;
  const partial: PartialModel = {
    ...model,
    name,
    weights,
    initialWeights,
    trainable,
    wholeWeights,
    forward: (own, batch, options) => {
      const pass = model.forward(wholeOf(own), batch, options);
      // What a pass moves of the others stays as it was.
      return {
        ...pass,
        moved: Object.fromEntries(Object.entries(pass.moved).filter(([each]) => isOwn(each))),
      };
    },
    ...(outputs !== undefined && {
      outputs: (own: Tensors, batch: Batch) => outputs(wholeOf(own), batch),
    }),
    ...(layers !== undefined && {
      layers: (own: { readonly [name: string]: Tensor }) => layers(wholeWeights(own)),
    }),
    constrain: (own) => ({
      ...own,
      ...model.constrain(
        Object.fromEntries(Object.entries(own).filter(([each]) => each in model.initialWeights)),
      ),
    }),
  };
  return withoutHabits(partial) as PartialModel;
}

/**
 * The weights of a model that `wanted` names: a weight, or all of a layer (`dense_1` for its kernel and bias). Throws a
 * `RangeError` for a name of neither.
 */
export function weightsNamed(action: string, model: Model, wanted: readonly string[]): ReadonlySet<string> {
  const names = Object.keys(model.initialWeights);
  return new Set(
    wanted.flatMap((name) => {
      const found = names.filter((each) => each === name || each.startsWith(`${name}_`));
      if (found.length > 0) return found;
      throw optionError(
        `${action}: need weights or layers of ${model.name}, ${names.join(', ')}, got '${name}'`,
      );
    }),
  );
}
