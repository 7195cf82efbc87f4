// Losses by the names that tf.js and Keras give them: what a model is given as text. Those names leave open whether a
// model's outputs are logits or probabilities; here its last layer tells, so that neither is taken for the other.
import { didYouMean, optionError } from '@starling/federated-core/plan';
import type { Loss } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import {
  binaryOfProbabilities,
  oneHotOfLogits,
  oneHotOfProbabilities,
  sparseOfProbabilities,
} from './probabilities.js';
import { sigmoidCrossentropy } from './sigmoid-crossentropy.js';
import { softmaxCrossentropy } from './softmax-crossentropy.js';

/** The names of losses that a model of layers takes as text. */
export type LossName =
  | 'sparseCategoricalCrossentropy'
  | 'categoricalCrossentropy'
  | 'binaryCrossentropy'
  | 'meanSquaredError'
  | 'meanAbsoluteError';

/** What the last layer of a model ends with: a softmax, a sigmoid, or neither, which leaves logits. */
export type LastActivation = 'softmax' | 'sigmoid' | null;

/** Of logits, and of probabilities where outputs are these. */
interface NamedLoss {
  readonly ofLogits: Loss;
  readonly ofProbabilities?: { readonly after: Exclude<LastActivation, null>; readonly loss: Loss };
}

const losses: Readonly<Record<LossName, NamedLoss>> = {
  sparseCategoricalCrossentropy: {
    ofLogits: softmaxCrossentropy,
    ofProbabilities: { after: 'softmax', loss: sparseOfProbabilities },
  },
  categoricalCrossentropy: {
    ofLogits: oneHotOfLogits,
    ofProbabilities: { after: 'softmax', loss: oneHotOfProbabilities },
  },
  binaryCrossentropy: {
    ofLogits: sigmoidCrossentropy,
    ofProbabilities: { after: 'sigmoid', loss: binaryOfProbabilities },
  },
  meanSquaredError: { ofLogits: meanSquaredError },
  meanAbsoluteError: { ofLogits: meanAbsoluteError },
};

export const LOSS_NAMES = Object.keys(losses) as readonly LossName[];

/** The loss of this name for outputs after `last`; throws a `RangeError` that has all names if there is none. */
export function lossNamed(action: string, name: string, last: LastActivation): Loss {
  const named = Object.hasOwn(losses, name) ? losses[name as LossName] : undefined;
  if (named === undefined) {
    throw optionError(
      `${action}: loss must be a function of labels and outputs, or one of ${LOSS_NAMES.join(', ')}, got '${name}'${didYouMean(name, LOSS_NAMES)}`,
    );
  }
  const { ofLogits, ofProbabilities } = named;
  return ofProbabilities !== undefined && ofProbabilities.after === last ? ofProbabilities.loss : ofLogits;
}
