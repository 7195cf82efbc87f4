// Full batches (B = ∞ in McMahan et al., AISTATS 2017): one optimizer step an epoch, with the gradient of the mean loss
// over all of a client's examples. Graphs have batches of one size, and clients have any number of examples; so the
// gradient is summed over parts of an epoch, each by its share of the examples, and the part that completes the epoch
// takes the step.

import { tf } from '@starling/compute';
import { optionError } from '@starling/federated-core/plan';
import type { ForwardPass, Model } from '../model/model.js';
import type { OptimizerState } from '../optimizers/optimizer.js';
import { mapTensors, pickTensors, type Tensors } from '../tensors/tensors.js';
import { meanGradients, optimizerStep, type TrainStepOptions, type TrainStepState } from './train-step.js';

/** Examples of one part: only the last part of an epoch is padded. */
export const PART_SIZE = 32;

export interface FullBatchState extends TrainStepState {
  /** Of the epoch so far: the gradient's sum, each part by its share of the examples, and their number (int32). */
  readonly gradients: Tensors;
  readonly seen: tf.Tensor;
}

export function fullBatchStart(model: Model, state: TrainStepState): FullBatchState {
  const gradients = mapTensors(tf.zerosLike, pickTensors(state.weights, model.trainable));
  return { ...state, gradients, seen: tf.scalar(0, 'int32') };
}

/** As of `trainStep`, where the batch is a part of an epoch. */
export interface FullBatchStepOptions extends TrainStepOptions {
  readonly state: FullBatchState;
  /** The number of examples of an epoch, an int32 scalar. */
  readonly examples: tf.Tensor;
}

/**
 * The state after one more part of an epoch, and the forward pass of the part. Throws a `RangeError` for a model that
 * moves weights by statistics of a batch: those of a part are not those of the whole.
 */
export function fullBatchStep(options: FullBatchStepOptions): {
  readonly state: FullBatchState;
  readonly pass: ForwardPass;
} {
  const { model, optimizer, state: before, batch, mask, examples, rule = null } = options;
  const { gradients, pass } = meanGradients({ model, weights: before.weights, batch, mask });
  checkUnmoved(model, pass);
  const count = tf.sum(mask);
  const share = tf.div(count, tf.cast(examples, 'float32'));
  const sums = mapTensors(
    (sum, gradient) => tf.add(sum, tf.mul(gradient, share)),
    before.gradients,
    gradients,
  );
  const seen = tf.add(before.seen, tf.cast(count, 'int32'));
  const isComplete = tf.greaterEqual(seen, examples);
  const either = (yes: tf.Tensor, no: tf.Tensor): tf.Tensor => tf.where(isComplete, yes, no);
  const choose = (first: Tensors, second: Tensors): Tensors =>
    mapTensors((...tensors) => either(...(tensors as [tf.Tensor, tf.Tensor])), first, second);
  const after = optimizerStep({ model, optimizer, state: before, gradients: sums, rule });
  return {
    state: {
      weights: choose(after.weights, before.weights),
      optimizer: eachSlot(either, choose, after.optimizer, before.optimizer),
      gradients: choose(mapTensors(tf.zerosLike, sums), sums),
      seen: either(tf.zerosLike(seen), seen),
    },
    pass,
  };
}

/** As `mapTensors`, for the parts of an optimizer: some are one tensor, some a tensor for each weight. */
function eachSlot(
  ofTensors: (first: tf.Tensor, second: tf.Tensor) => tf.Tensor,
  ofRecords: (first: Tensors, second: Tensors) => Tensors,
  first: OptimizerState,
  second: OptimizerState,
): OptimizerState {
  const parts = Object.entries(first).map(([part, value]) => {
    const other = second[part];
    return value instanceof tf.Tensor
      ? ([part, ofTensors(value, other as tf.Tensor)] as const)
      : ([part, ofRecords(value, other as Tensors)] as const);
  });
  return Object.fromEntries(parts);
}

function checkUnmoved({ name }: Model, { moved }: ForwardPass): void {
  const [first] = Object.keys(moved);
  if (first === undefined) return;
  throw optionError(
    `Cannot train ${name} on full batches: need losses that depend on one example each, got layers with statistics of a batch (${first}). Give a number for batchSize, or use group normalisation`,
  );
}
