// The functions of `tfl.metrics`, which are losses and metrics of tf.js: they take labels of the shape of outputs, and
// broadcast others without a word. Here labels are brought to that shape, or refused.

import { tf, tfl } from '@starling/compute';
import { optionError } from '@starling/federated-core/plan';
import type { Loss } from '../losses/loss.js';

type Compute = Loss;

const { sparseCategoricalAccuracy, ...ofEqualShapes } = tfl.metrics;
const names = new Map<unknown, string>(
  Object.entries(ofEqualShapes).map(([name, compute]) => [compute, name]),
);

/**
 * What `compute` gives for labels of a model. A function of `tfl.metrics` gets them in the shape of the outputs: labels
 * [B] of outputs [B, 1] get the last axis; it throws a `RangeError` if labels have another shape. Other functions get
 * them as they are.
 */
export function withLabels(compute: Compute, labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  const name = names.get(compute);
  if (name === undefined || `${labels.shape}` === `${outputs.shape}`) return compute(labels, outputs);
  if (`${[...labels.shape, 1]}` === `${outputs.shape}`) return compute(tf.expandDims(labels, -1), outputs);
  const isOfClasses = `${labels.shape}` === `${outputs.shape.slice(0, -1)}`;
  const advice = isOfClasses
    ? '. For labels that are classes take accuracy, tfl.metrics.sparseCategoricalAccuracy or softmaxCrossentropy, or give one-hot labels'
    : '';
  throw optionError(
    `Cannot compute tfl.metrics.${name}: labels must have the shape of outputs, got labels [${labels.shape.join(', ')}] and outputs [${outputs.shape.join(', ')}]${advice}`,
  );
}
