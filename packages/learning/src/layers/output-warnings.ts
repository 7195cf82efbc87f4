// A loss and a last layer that do not go together, but run: a softmax of a softmax learns slowly, and nobody sees why.
import { tfl } from '@starling/compute';
import type { Loss } from '../losses/loss.js';
import type { LastActivation } from '../losses/losses-by-name.js';
import { sigmoidCrossentropy } from '../losses/sigmoid-crossentropy.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { warnOnce } from '../options/warn-once.js';

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

/** Warns, once for each place, of a loss that takes outputs for what they are not. */
export function warnOfOutputs(model: string, loss: Loss, last: LastActivation): void {
  const takes = TAKES.get(loss);
  if (takes === undefined) return;
  const { of, activation } = takes;
  if (of === 'logits' && last === activation) {
    warnOnce(
      `${model} ends with a ${activation}, and ${takes.loss} applies another to its outputs: leave the activation of the last layer out, or give the loss by name, '${takes.name}'`,
    );
  }
  if (of === 'probabilities' && last !== activation) {
    warnOnce(
      `${model} does not end with a ${activation}, and ${takes.loss} takes its outputs for probabilities: give the last layer the activation '${activation}', or the loss by name, '${takes.name}'`,
    );
  }
}
