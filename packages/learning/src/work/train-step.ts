// One training step on one batch: the gradient of the mean loss over the examples of the batch, and the optimizer's
// update. Padding rows of a short batch count for nothing, so the step is that of the short batch.

import { tf } from '@starling/compute';
import { optionError } from '@starling/federated-core/plan';
import type { Batch, ForwardPass, Model } from '../model/model.js';
import type { Optimizer, OptimizerState } from '../optimizers/optimizer.js';
import { pickTensors, type Tensors } from '../tensors/tensors.js';

export interface TrainStepState {
  readonly weights: Tensors;
  readonly optimizer: OptimizerState;
}

/** (gradients, the weights that they were taken at) → what the optimizer gets in their place, by the same names. */
export type GradientRule = (gradients: Tensors, weights: Tensors) => Tensors;

/** A batch, and which of its rows are examples. */
export interface MaskedBatch {
  readonly batch: Batch;
  /** float32 [B]: 1 for an example, 0 for padding. */
  readonly mask: tf.Tensor;
}

export interface TrainStepOptions extends MaskedBatch {
  readonly model: Model;
  readonly optimizer: Optimizer;
  /** The state before the step. */
  readonly state: TrainStepState;
  /** Changes the gradients before the optimizer gets them; `null`, not at all, by default. */
  readonly rule?: GradientRule | null;
}

/** The state after the step, and the forward pass that it came from. */
export function trainStep(options: TrainStepOptions): {
  readonly state: TrainStepState;
  readonly pass: ForwardPass;
} {
  const { model, optimizer, state, batch, mask, rule = null } = options;
  const { gradients, pass } = meanGradients({ model, weights: state.weights, batch, mask });
  const after = optimizerStep({ model, optimizer, state, gradients, rule });
  return { state: { ...after, weights: { ...after.weights, ...pass.moved } }, pass };
}

/** The gradients of the mean loss over the examples of a batch, and of the model's penalty; and the forward pass. */
export function meanGradients({
  model,
  weights,
  batch,
  mask,
}: MaskedBatch & { readonly model: Model; readonly weights: Tensors }): {
  readonly gradients: Tensors;
  readonly pass: ForwardPass;
} {
  const trained = pickTensors(weights, model.trainable);
  const names = Object.keys(trained);
  const share = tf.div(mask, tf.maximum(tf.sum(mask), 1));
  let pass: ForwardPass | null = null;
  const objective = (...tensors: tf.Tensor[]): tf.Tensor => {
    const varied = Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor]));
    pass = kept(model.forward({ ...weights, ...varied }, batch, { training: true, mask }));
    const { losses, penalty } = pass;
    const mean = tf.sum(tf.mul(losses, share));
    return penalty === undefined ? mean : tf.add(mean, penalty);
  };
  const list = gradientsOf(model, objective, Object.values(trained));
  const gradients = Object.fromEntries(names.map((name, index) => [name, list[index] as tf.Tensor]));
  const { losses, metrics, moved } = pass as unknown as ForwardPass;
  return { gradients, pass: { losses, metrics, moved } };
}

/** The state after one step of the optimizer by `gradients`, or by what `rule` makes of them. */
export function optimizerStep({
  model,
  optimizer,
  state,
  gradients,
  rule = null,
}: Omit<TrainStepOptions, keyof MaskedBatch> & { readonly gradients: Tensors }): TrainStepState {
  const trained = pickTensors(state.weights, model.trainable);
  const followed = rule === null ? gradients : pickTensors(rule(gradients, trained), model.trainable);
  const step = optimizer.update(followed, state.optimizer, trained);
  // The order of the names stays that of the weights.
  return { weights: { ...state.weights, ...model.constrain(step.weights) }, optimizer: step.state };
}

function gradientsOf(
  model: Model,
  objective: (...tensors: tf.Tensor[]) => tf.Tensor,
  weights: tf.Tensor[],
): readonly tf.Tensor[] {
  try {
    return tf.grads(objective)(weights);
  } catch (cause) {
    // What tf.js says where an input does not lead to the output; it does not say which.
    if (!(cause instanceof Error && cause.message.includes('with respect to x'))) throw cause;
    throw optionError(
      `Cannot train ${model.name}: each of its weights (${model.trainable.join(', ')}) must enter the loss by operations that have gradients, got one that does not`,
      { cause },
    );
  }
}

/** tf.js frees what a function under a gradient makes and does not return. */
function kept(pass: ForwardPass): ForwardPass {
  tf.keep(pass.losses);
  for (const values of Object.values(pass.metrics)) tf.keep(values);
  for (const values of Object.values(pass.moved)) tf.keep(values);
  return pass;
}
