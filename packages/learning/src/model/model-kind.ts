// The kind of a model, for doors that take one; and what a user of tf.js layers calls on a model, and a Starling model
// has not: it is data and a pure function, which an algorithm trains.
import { type Check, hasMethods, ofKind, optionError, refuseMethods } from '@starling/federated-core/plan';
import type { Model } from './model.js';

/** The check of a model, for tables of options. */
export const modelKind: Check = ofKind({
  need: 'a model, which layersModel(…) or functionModel(…) makes',
  fits: (value) => hasMethods(value, ['forward', 'constrain']),
  advice: (value) => {
    if (hasMethods(value, ['getWeights', 'apply']))
      return 'Of tf.js layers: layersModel(() => model, { example, loss })';
    return typeof value === 'function' ? 'Write layersModel(build, { example, loss })' : null;
  },
});

const TRAIN = 'A process trains it: federatedAveraging({ model, … }), which runRounds runs';
const EVALUATE = 'Measure it by evaluateModel({ model, weights, dataset, run })';

const INSTEAD: Readonly<Record<string, string>> = {
  fit: TRAIN,
  fitDataset: TRAIN,
  trainOnBatch: TRAIN,
  compile: 'The loss is an option of the model, the optimizer one of federatedAveraging',
  evaluate: EVALUATE,
  evaluateDataset: EVALUATE,
  predict: 'Give its weights to a tf.js model of the same layers, and let that predict',
  getWeights: 'Take initialWeights, or after training the state of the run',
  setWeights: 'Let layersModel(build, { pretrained: true, … }) begin with the weights that build gives',
  summary: 'Look at weights, which has their names and shapes',
};

/** The same model, which says in words what it lacks. */
export function withoutHabits<W extends string>(model: Model<W>): Model<W> {
  refuseMethods(model, INSTEAD, (method, sentence) =>
    optionError(
      `Cannot call ${method} on ${model.name}: need a tf.js model, got one of Starling's. ${sentence}`,
    ),
  );
  return model;
}
