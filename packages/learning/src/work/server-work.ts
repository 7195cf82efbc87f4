// What the server computes in a round of federated averaging: one optimizer step whose gradient is minus the clients'
// aggregated update (Reddi et al., ICLR 2021, Algorithm 1).
import { localComputation, tf } from '@starling/compute';
import { int32, type LocalComputation, type Type } from '@starling/federated-core';
import type { Model } from '../model/model.js';
import type { Optimizer, OptimizerState } from '../optimizers/optimizer.js';
import { mapTensors, pickTensors } from '../tensors/tensors.js';

/** weights → the state of the server's optimizer before the first round. */
export function serverStart(model: Model, optimizer: Optimizer): LocalComputation {
  return localComputation(
    { weights: model.weights },
    ({ weights }) => optimizer.init(pickTensors(weights, model.trainable)),
    { name: 'server start' },
  );
}

/**
 * (weights, optimizer, update) → weights and optimizer after the round. Weights that are not trained by gradients,
 * such as moving averages, take the update as it is.
 */
export function serverWork(model: Model, optimizer: Optimizer, optimizerType: Type): LocalComputation {
  return localComputation(
    { weights: model.weights, optimizer: optimizerType, update: model.weights },
    ({ weights, optimizer: before, update }) => {
      const gradients = mapTensors(tf.neg, pickTensors(update, model.trainable));
      const step = optimizer.update(
        gradients,
        before as OptimizerState,
        pickTensors(weights, model.trainable),
      );
      return {
        weights: { ...mapTensors(tf.add, weights, update), ...step.weights },
        optimizer: step.state,
      };
    },
    { name: 'server update' },
  );
}

/** (round) → round + 1. */
export const nextRound: LocalComputation = localComputation(
  { round: int32() },
  ({ round }) => tf.add(round, tf.scalar(1, 'int32')),
  { name: 'next round' },
);
