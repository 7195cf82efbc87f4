// Calls a user's function that builds a tf.js model, and checks what it made.
import { tfl } from '@starling/compute';
import {
  checkKind,
  hasMethods,
  isClass,
  type Kind,
  optionError,
  runBody,
  warnOnce,
} from '@starling/federated-core/plan';
import { type DeferredModel, withDeferredWeights } from './deferred-weights.js';

const BUILDER: Kind = {
  need: 'a function that makes a tf.js model, such as () => tfl.sequential({ layers })',
  fits: (value) => typeof value === 'function' && !isClass(value),
  advice: (value) => {
    if (value instanceof tfl.LayersModel)
      return 'Make all layers anew: () => …; with weights of its own, { pretrained: true }';
    return hasMethods(value, ['forward', 'constrain']) ? 'It is a model already' : null;
  },
};

const MODEL: Kind = {
  need: 'a model of tf.js layers (tfl.sequential, tfl.model)',
  fits: (value) => value instanceof tfl.LayersModel,
  advice: (value) => {
    if (value instanceof Promise) {
      return 'Load it before, const loaded = await …, and give () => loaded with { pretrained: true }';
    }
    if (value === undefined) return 'A function in braces needs return';
    if (Array.isArray(value) || value instanceof tfl.layers.Layer)
      return 'Write tfl.sequential({ layers: [ … ] })';
    if (hasMethods(value, ['getWeights', 'apply'])) {
      return 'It is of another copy of tf.js: import { tf, tfl } from @starling/compute';
    }
    return null;
  },
};

/** The model that `build` makes; unless it is `pretrained`, its weights are zeros, with their initializers. */
export function buildLayers(name: string, build: () => tfl.LayersModel, pretrained: boolean): DeferredModel {
  const action = `Cannot make ${name}`;
  checkKind(action, 'build', build, BUILDER);
  const make = (): tfl.LayersModel => {
    const made = runBody(action, 'build must make a tf.js model', build);
    checkKind(action, 'what build returns', made, MODEL);
    return made;
  };
  const deferred = pretrained ? { model: make(), initializers: new Map() } : withDeferredWeights(make);
  checkModel(action, deferred, pretrained);
  return deferred;
}

function checkModel(action: string, { model, initializers }: DeferredModel, pretrained: boolean): void {
  const { layers, optimizer, inputs, outputs } = model;
  if (layers.length === 0) throw optionError(`${action}: build must make a model with layers, got none`);
  if (isTraining(model))
    throw optionError(`${action}: build must make a model alone, got one that it trains (fit)`);
  const dropsAll = layers.find((layer) => /Dropout/.test(layer.getClassName()) && rateOf(layer) >= 1);
  if (dropsAll !== undefined) {
    throw optionError(
      `${action}: the rate of layer ${dropsAll.name} must be from 0 to below 1, got 1 or more. tf.js drops nothing then`,
    );
  }
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw optionError(
      `${action}: build must make a model of one input and one output, got ${inputs.length} and ${outputs.length}. Write a model of several as a functionModel`,
    );
  }
  const given = (model.weights as tfl.LayerVariable[]).filter((weight) => !initializers.has(weight));
  if (!pretrained && given.length > 0) {
    throw optionError(
      `${action}: build must make all layers anew, got the weight ${given[0]!.originalName}, which was made before. To begin with the weights that there are, give { pretrained: true }`,
    );
  }
  const set = [...initializers.keys()].find((weight) => !isZero(weight.read().dataSync()));
  if (set !== undefined) {
    throw optionError(
      `${action}: build must leave weights to their initializers, got one that it sets, ${set.originalName}. To begin with the weights that it gives, give { pretrained: true }`,
    );
  }
  if (optimizer !== undefined && optimizer !== null) {
    warnOnce(
      `build compiles its model, which is not used: the loss is the option loss, the optimizer that of the algorithm`,
    );
  }
}

/** tf.js brings rates into [0, 1]. */
const rateOf = (layer: tfl.layers.Layer): number =>
  (layer as unknown as { readonly rate?: number }).rate ?? 0;

/** A loop, since weights are many. */
function isZero(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index++) if (values[index] !== 0) return false;
  return true;
}

/** tf.js keeps it to itself; a sequential model trains the model within it. */
function isTraining(model: tfl.LayersModel): boolean {
  const shown = model as unknown as { readonly isTraining?: boolean; readonly model?: tfl.LayersModel };
  return shown.isTraining === true || (shown.model !== undefined && isTraining(shown.model));
}
