// One step of an optimizer at the server, whose gradient is minus the clients' aggregated change of the weights: the
// finalizer of FedOpt (Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated
// Optimization", ICLR 2021, Algorithm 1). By SGD with a learning rate of 1 the change is added as it is.
import { nothing } from '@starling/aggregators';
import { localComputation, tf } from '@starling/compute';
import {
  federatedMap,
  federatedValue,
  field,
  formatType,
  type LocalComputation,
  type MeasuredProcess,
  type Type,
} from '@starling/federated-core';
import { isAssignable, leafCount, optionError } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import type { Optimizer, OptimizerState } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { type Finalizer, finalizationOf } from '../parts/finalizer.js';
import { mapTensors, pickTensors } from '../tensors/tensors.js';

/**
 * Moves the weights by `optimizer`, whose state lasts from round to round: it counts rounds. Weights that are not
 * trained by gradients, such as moving averages, take the update as it is.
 */
export function optimizerFinalizer(optimizer: Optimizer): Finalizer {
  optimizerKind('Cannot finalize a round', 'the optimizer of the server', optimizer);
  return {
    name: `${optimizer.name} at the server`,
    create: (model, update) => create(optimizer, model, update),
  };
}

function create(optimizer: Optimizer, model: Model, update: Type): MeasuredProcess {
  if (!isAssignable(model.weights, update)) {
    throw optionError(
      `Cannot finalize a round by ${optimizer.name}: need updates of the type of the weights, ${formatType(model.weights)}, got ${formatType(update)}`,
    );
  }
  const start = serverStart(model, optimizer);
  const step = serverStep(model, optimizer, start.type.result);
  return finalizationOf({
    name: `${optimizer.name} at the server`,
    model,
    update,
    start: () => {
      if (leafCount(start.type.result) === 0) return nothing();
      const weights = federatedValue(model.initialWeights, 'SERVER', model.weights);
      return federatedMap(start, { weights });
    },
    step: (state, given) => {
      const after = federatedMap(step, { weights: given.weights, optimizer: state, update: given.update });
      return { state: field(after, 'optimizer'), result: field(after, 'weights'), measurements: nothing() };
    },
  });
}

/** weights → the state of the optimizer before the first round. */
function serverStart(model: Model, optimizer: Optimizer): LocalComputation {
  return localComputation(
    { weights: model.weights },
    ({ weights }) => optimizer.init(pickTensors(weights, model.trainable)),
    { name: 'server start' },
  );
}

/** (weights, optimizer, update) → weights and optimizer after the round. */
function serverStep(model: Model, optimizer: Optimizer, optimizerType: Type): LocalComputation {
  return localComputation(
    { weights: model.weights, optimizer: optimizerType, update: model.weights },
    ({ weights, optimizer: before, update }) => {
      const trained = pickTensors(weights, model.trainable);
      const gradients = mapTensors(tf.neg, pickTensors(update, model.trainable));
      const step = optimizer.update(gradients, before as OptimizerState, trained);
      return {
        weights: { ...mapTensors(tf.add, weights, update), ...step.weights },
        optimizer: step.state,
      };
    },
    { name: 'server update' },
  );
}
