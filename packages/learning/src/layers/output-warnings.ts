// A loss and a last layer that do not go together, but run: a softmax of a softmax learns slowly, and nobody sees why.
import { tfl } from '@starling/compute';
import { warnOnce } from '@starling/federated-core/plan';
import type { Loss } from '../losses/loss.js';
import type { LastActivation } from '../losses/losses-by-name.js';
import { oneHotOfLogits } from '../losses/probabilities.js';
import { sigmoidCrossentropy } from '../losses/sigmoid-crossentropy.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';

/** What a loss takes: logits that it applies an activation to itself, or what a layer's activation gives. */
const TAKES = new Map<
  Loss,
  {
    readonly loss: string;
    readonly of: 'logits' | 'probabilities';
    readonly activation: LastActivation;
    readonly name: string;
  }
>([
  [
    softmaxCrossentropy,
    {
      loss: 'softmaxCrossentropy',
      of: 'logits',
      activation: 'softmax',
      name: 'sparseCategoricalCrossentropy',
    },
  ],
  [
    sigmoidCrossentropy,
    { loss: 'sigmoidCrossentropy', of: 'logits', activation: 'sigmoid', name: 'binaryCrossentropy' },
  ],
  [
    tfl.metrics.categoricalCrossentropy,
    {
      loss: 'tfl.metrics.categoricalCrossentropy',
      of: 'probabilities',
      activation: 'softmax',
      name: 'categoricalCrossentropy',
    },
  ],
  [
    tfl.metrics.binaryCrossentropy,
    {
      loss: 'tfl.metrics.binaryCrossentropy',
      of: 'probabilities',
      activation: 'sigmoid',
      name: 'binaryCrossentropy',
    },
  ],
]);

/** Losses of logits that only their names give; what to call them. */
const OF_LOGITS = new Map<Loss, string>([
  [softmaxCrossentropy, 'softmaxCrossentropy'],
  [sigmoidCrossentropy, 'sigmoidCrossentropy'],
  [oneHotOfLogits, 'categoricalCrossentropy'],
]);

/** Activations that keep outputs from being any number, as a logit is. */
const BOUNDING = new Set(['relu', 'relu6', 'sigmoid', 'hardSigmoid', 'tanh', 'softmax']);

/**
 * Warns, once for each place, of a loss that takes outputs for what they are not. `loss` is what a model uses, `given`
 * what its user wrote; `last`: the name of the last layer's activation.
 */
export function warnOfOutputs(
  model: string,
  { loss, given }: { readonly loss: Loss; readonly given: Loss | string },
  last: string | null,
): void {
  const takes = loss === given ? TAKES.get(loss) : undefined;
  if (takes?.of === 'logits' && last === takes.activation) {
    const { activation, name } = takes;
    warnOnce(
      `${model} ends with a ${activation}, and ${takes.loss} applies another to its outputs: leave the activation of the last layer out, or give the loss by name, '${name}'`,
    );
  } else if (takes?.of === 'probabilities' && last !== takes.activation) {
    const { activation, name } = takes;
    warnOnce(
      `${model} does not end with a ${activation}, and ${takes.loss} takes its outputs for probabilities: give the last layer the activation '${activation}', or the loss by name, '${name}'`,
    );
  } else if (OF_LOGITS.has(loss) && last !== null && BOUNDING.has(last)) {
    const name = typeof given === 'string' ? `'${given}'` : OF_LOGITS.get(loss);
    warnOnce(
      `${model} ends with a ${last}, and ${name} takes its outputs for logits, which may be any number: leave the activation of the last layer out`,
    );
  }
}
