// What a client computes in a round of federated averaging: some epochs of minibatch training from the broadcast
// weights (ClientUpdate of McMahan et al., AISTATS 2017, Algorithm 1), as one local computation with one reduction.
import { localComputation, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import {
  checkChoice,
  checkNumber,
  int32,
  type LocalComputation,
  MAX_COUNT,
  sequence,
} from '@starling/federated-core';
import type { Batch, Model } from '../models/model.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { mapTensors, pickTensors } from '../tensors.js';
import { addToTotals, zeroTotals } from './totals.js';
import { trainStep } from './train-step.js';

/** An optimizer for a round: gets the number of rounds before it, an int32 scalar. */
export type OptimizerOfRound = (round: tf.Tensor) => Optimizer;

export interface ClientWorkOptions {
  /** Made anew each round; where it is a function, the work takes `round` too. */
  readonly optimizer: Optimizer | OptimizerOfRound;
  /** E: passes over the client's examples, each in a new order. */
  readonly epochs: number;
  /** B: examples a step; the last step of an epoch takes what is left. */
  readonly batchSize: number;
  /** How much a client's update counts: by its number of examples, or the same for every client. */
  readonly weighting: 'examples' | 'uniform';
  /** μ of the proximal term of FedProx (Li et al., MLSys 2020, equation 2); 0 is none. */
  readonly proximalStrength: number;
}

/**
 * (weights, data[, round]) → update: trained minus broadcast weights; weight: float32; totals: sums over the examples trained
 * on, of the loss and each measure before the step that uses them. Throws a `RangeError` where an option is out of its range.
 */
export function clientWork(model: Model, options: ClientWorkOptions): LocalComputation {
  const { epochs, batchSize, weighting, proximalStrength } = options;
  checkNumber('Cannot train clients', 'epochs', epochs, { whole: true, from: 1, to: MAX_COUNT });
  checkNumber('Cannot train clients', 'batchSize', batchSize, { whole: true, from: 1, to: MAX_COUNT });
  checkNumber('Cannot train clients', 'proximalStrength', proximalStrength, { from: 0 });
  checkChoice('Cannot train clients', 'weighting', weighting, ['examples', 'uniform']);
  const parameters = { weights: model.weights, data: sequence(model.example) };
  const ofRound = typeof options.optimizer === 'function';
  return localComputation(
    ofRound ? { ...parameters, round: int32() } : parameters,
    ({ weights, data, ...rest }) => {
      const optimizer =
        typeof options.optimizer === 'function'
          ? options.optimizer((rest as { readonly round: tf.Tensor }).round)
          : options.optimizer;
      const initial = {
        weights,
        optimizer: optimizer.init(pickTensors(weights, model.trainable)),
        totals: zeroTotals(model),
      };
      const proximal = proximalStrength === 0 ? null : { strength: proximalStrength, anchor: weights };
      const batches = data.shuffle().repeat(epochs).batch(batchSize);
      const end = sequenceReduce(batches, initial, (before, batch, mask) => {
        const { state, pass } = trainStep(model, optimizer, before, batch as Batch, mask, proximal);
        return { ...state, totals: addToTotals(before.totals, pass, mask) };
      });
      const examples = tf.cast(sequenceLength(data), 'float32');
      return {
        update: mapTensors(tf.sub, end.weights, weights),
        weight: weighting === 'examples' ? examples : tf.scalar(1),
        totals: end.totals,
      };
    },
    { name: 'client work' },
  );
}
