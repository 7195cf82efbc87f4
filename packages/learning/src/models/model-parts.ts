// The two parts of a model some of whose weights stay with each client: what all clients have in common, and what is a
// client's own.
import { struct, type Tensor } from '@starling/federated-core';
import { type Check, ofKind, optionError } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { frozenModel } from './frozen-model.js';
import { type PartialModel, weightsNamed } from './partial-model.js';

/**
 * Which weights are a client's own: weights by name, or layers (`dense_2` is its kernel and its bias); or a function
 * that says it of each name.
 */
export type PersonalWeights = readonly string[] | ((weight: string) => boolean);

export interface ModelParts {
  readonly whole: Model;
  /** Of the weights in common alone; where it is measured by itself, the others are what they are at first. */
  readonly shared: PartialModel;
  /** The type of a client's own weights, and what they are at first. */
  readonly own: {
    readonly type: Model['weights'];
    readonly initial: { readonly [weight: string]: Tensor<'float32'> };
  };
}

/** The check of what is personal, for tables of options. */
export const personalKind: Check = ofKind({
  need: "names of weights or layers, such as ['dense_2'], or a function of a weight's name",
  fits: (value) =>
    typeof value === 'function' ||
    (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')),
});

/** Throws a `RangeError` unless `personal` are some of the model's weights, and others are left that are trained. */
export function modelParts(action: string, whole: Model, personal: PersonalWeights): ModelParts {
  const names = Object.keys(whole.initialWeights);
  const owned =
    typeof personal === 'function' ? new Set(names.filter(personal)) : weightsNamed(action, whole, personal);
  const own = names.filter((name) => owned.has(name));
  const isTrained = whole.trainable.some((name) => !owned.has(name));
  if (own.length === 0 || !isTrained) {
    throw optionError(
      `${action}: need some of the weights of ${whole.name}, ${names.join(', ')}, to be personal and others that are trained not, got ${own.join(', ') || 'none'}`,
    );
  }
  const types = whole.weights.elements as { readonly [weight: string]: never };
  return {
    whole,
    shared: { ...frozenModel(whole, { freeze: own }), name: `${whole.name} in common` },
    own: {
      type: struct(Object.fromEntries(own.map((name) => [name, types[name]!]))) as Model['weights'],
      initial: Object.fromEntries(own.map((name) => [name, whole.initialWeights[name]!])),
    },
  };
}
