// A model as algorithms see it: weights as data, and a pure forward pass that is traced into local computations.
// Whether it stands on layers or on a plain function is its own affair.
import type { tf, tfl } from '@starling/compute';
import type { StructType, Tensor, TensorType, Type } from '@starling/federated-core';
import type { SumMetric } from '../metrics/sum-metric.js';
import type { Tensors } from '../tensors/tensors.js';

/** A batch as it enters a model: the tensors of an example with a batch axis in front. */
export type Batch = tf.Tensor | readonly Batch[] | { readonly [name: string]: Batch };

export interface ForwardPass {
  /** One loss for each example of the batch: [B]. */
  readonly losses: tf.Tensor;
  /** A scalar that training adds to the mean loss: regularisation. It is not part of the reported loss. */
  readonly penalty?: tf.Tensor;
  /** What else is measured, one number for each example: [B] by name; of `sumMetrics` their terms, [B, …]. */
  readonly metrics: Tensors;
  /** Of `sumMetrics` that say so: which examples have a meaning, bool [B]. */
  readonly valid?: tf.Tensor;
  /** New values of weights that training moves without a gradient, such as the moving averages of a norm. */
  readonly moved: Tensors;
}

export interface ForwardOptions {
  /** Whether layers behave as in training: dropout drops, batch normalisation uses the batch. */
  readonly training: boolean;
  /** float32 [B]: 1 for an example, 0 for padding; without it all rows are examples. */
  readonly mask?: tf.Tensor;
}

/** `W`: the names of its weights, if they are known while writing. */
export interface Model<W extends string = string> {
  readonly name: string;
  /** The type of an example; clients hold sequences of it. */
  readonly example: Type;
  /** The type of the weights: a record of tensors. */
  readonly weights: StructType<{ readonly [K in W]: TensorType<'float32'> }>;
  readonly initialWeights: { readonly [K in W]: Tensor<'float32'> };
  /** Names of the weights that are trained by gradients. */
  readonly trainable: readonly string[];
  /** Names of the metrics of a forward pass: none of them `loss`, `examples` or `aggregation`. */
  readonly metrics: readonly string[];
  /** Those of the metrics that are made of sums over examples; the others are means. */
  readonly sumMetrics?: { readonly [metric: string]: Pick<SumMetric, 'sums' | 'result'> };
  /** Losses and metrics of a batch. Pure: called while a local computation is traced. */
  forward(weights: Tensors, batch: Batch, options: ForwardOptions): ForwardPass;
  /** What it gives for a batch, before the loss: [B, …]. Pure, as `forward`. Left out where only the loss is known. */
  outputs?(weights: Tensors, batch: Batch): tf.Tensor;
  /** Of a model of tf.js layers: these, with such weights. */
  layers?(weights: { readonly [name: string]: Tensor }): tfl.LayersModel;
  /** Weights brought back to where the model allows them, after each step; most models allow all. */
  constrain(weights: Tensors): Tensors;
}
