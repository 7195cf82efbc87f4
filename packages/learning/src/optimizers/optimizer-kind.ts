// The kind of an optimizer, for doors that take one. An optimizer of tf.js is what a user hands over most: it keeps its
// state outside of the graph, and so cannot be captured.
import { type Check, hasMethods, type Kind, nearestName, ofKind } from '@starling/federated-core/plan';

/** The names of this room's optimizers. */
export const OPTIMIZER_NAMES: readonly string[] = [
  'sgd',
  'momentum',
  'nesterov',
  'adam',
  'adamW',
  'adagrad',
  'rmsProp',
  'yogi',
];

export const optimizer: Kind = {
  need: 'an optimizer, such as sgd({ learningRate: 0.1 })',
  fits: (value) => hasMethods(value, ['init', 'update']),
  advice: (value) => {
    if (typeof value === 'string') {
      const near = nearestName(value, OPTIMIZER_NAMES);
      return near === undefined
        ? `There are ${OPTIMIZER_NAMES.join(', ')}`
        : `Write ${near}({ learningRate: … })`;
    }
    if (!hasMethods(value, ['applyGradients'])) return null;
    return `Those of tf.train keep their state outside of the graph: take ${OPTIMIZER_NAMES.join(', ')} of @starling/learning`;
  },
};

/** The check of an optimizer, for tables of options. */
export const optimizerKind: Check = ofKind(optimizer);
