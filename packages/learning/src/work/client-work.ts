// What a client computes in a round of federated averaging: some epochs, or steps, of minibatch training from the
// broadcast weights (ClientUpdate of McMahan et al., AISTATS 2017, Algorithm 1), as one local computation with one
// reduction.
import {
  localComputation,
  type SymbolicDataset,
  sequenceLength,
  sequenceReduce,
  tf,
} from '@starling/compute';
import { int32, type LocalComputation, sequence } from '@starling/federated-core';
import { checkOptions, oneOf, optionError, required, runBody } from '@starling/federated-core/plan';
import type { Batch, Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { nonNegative } from '../options/option-ranges.js';
import { mapTensors, pickTensors, type Tensors } from '../tensors/tensors.js';
import { fullBatchStart, fullBatchStep, PART_SIZE } from './full-batch-step.js';
import { addToTotals, zeroTotals } from './totals.js';
import { type Proximal, type TrainStepState, trainStep } from './train-step.js';
import { batchSizeKind, clientOptimizerKind } from './work-kinds.js';
import { type CountOfRound, type WorkLength, workLength } from './work-length.js';

/** An optimizer for a round: gets the number of rounds before it, an int32 scalar. */
export type OptimizerOfRound = (round: tf.Tensor) => Optimizer;

export interface ClientWorkOptions {
  /** Made anew each round; where it is a function, the work takes `round` too. */
  readonly optimizer: Optimizer | OptimizerOfRound;
  /**
   * E: passes over the client's examples, each in a new order; 1 by default. If it is a function, the work takes
   * `count` too.
   */
  readonly epochs?: number | CountOfRound | undefined;
  /**
   * K: steps, in as many epochs as they need, in place of `epochs`. If it is a function, the work takes `count` too.
   */
  readonly steps?: number | CountOfRound | undefined;
  /** B: examples a step; the last step of an epoch takes what is left. `full`: all examples, one step an epoch. */
  readonly batchSize: number | 'full';
  /** How much a client's update counts: by its number of examples, or the same for every client that has any. */
  readonly weighting: 'examples' | 'uniform';
  /** μ of the proximal term of FedProx (Li et al., MLSys 2020, equation 2); 0 is none. */
  readonly proximalStrength: number;
}

/**
 * (weights, data[, round][, count]) → update: trained minus broadcast weights; weight: float32; totals: sums over the
 * examples trained on, of the loss and each metric before the step that uses them, and their number. An example counts
 * in them as often as it was trained on, and once in the weight. Throws a `RangeError` if an option is out of its
 * range.
 */
export function clientWork(model: Model, options: ClientWorkOptions): LocalComputation {
  modelKind(ACTION, 'model', model);
  checkOptions(ACTION, options, {
    optimizer: required(clientOptimizerKind),
    epochs: true,
    steps: true,
    batchSize: required(batchSizeKind),
    weighting: required(oneOf('examples', 'uniform')),
    proximalStrength: required(nonNegative),
  });
  if (model.trainable.length === 0) {
    throw optionError(`${ACTION}: ${model.name} must have a weight that is trained, got none`);
  }
  const { batchSize, weighting, proximalStrength } = options;
  const length = workLength(options);
  const parameters = {
    weights: model.weights,
    data: sequence(model.example),
    ...(typeof options.optimizer === 'function' ? { round: int32() } : {}),
    ...(typeof length.count === 'function' ? { count: int32() } : {}),
  };
  return localComputation(
    parameters,
    ({ weights, data, ...rest }) => {
      const { round, count } = rest as { readonly round: tf.Tensor; readonly count: tf.Tensor };
      const optimizer =
        typeof options.optimizer === 'function' ? optimizerOf(options.optimizer, round) : options.optimizer;
      const training: Training = {
        model,
        optimizer,
        start: { weights, optimizer: optimizer.init(pickTensors(weights, model.trainable)) },
        proximal: proximalStrength === 0 ? null : { strength: proximalStrength, anchor: weights },
        unit: length.unit,
        count: typeof length.count === 'function' ? count : length.count,
      };
      const end =
        batchSize === 'full' ? trainOnAll(training, data) : trainOnBatches(training, data, batchSize);
      const examples = tf.cast(sequenceLength(data), 'float32');
      return {
        update: mapTensors(tf.sub, end.weights, weights),
        weight: weighting === 'examples' ? examples : tf.minimum(examples, 1),
        totals: end.totals,
      };
    },
    { name: 'client work' },
  );
}

const ACTION = 'Cannot train clients';

function optimizerOf(make: OptimizerOfRound, round: tf.Tensor): Optimizer {
  const optimizer = runBody(ACTION, 'its optimizer must be made of the round, an int32 scalar', () =>
    make(round),
  );
  optimizerKind(ACTION, 'what its function of the round gives', optimizer);
  return optimizer;
}

interface Training {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly start: TrainStepState;
  readonly proximal: Proximal | null;
  readonly unit: WorkLength['unit'];
  readonly count: number | tf.Tensor;
}

interface Trained {
  readonly weights: Tensors;
  readonly totals: Tensors;
}

/** A step for each batch of `batchSize` examples. */
function trainOnBatches(training: Training, data: SymbolicDataset, batchSize: number): Trained {
  const { model, optimizer, start, proximal, unit, count } = training;
  const shuffled = data.shuffle();
  const walked = unit === 'epochs' ? shuffled.repeat(count) : shuffled.steps(count);
  const initial = { ...start, totals: zeroTotals(model) };
  return sequenceReduce(walked.batch(batchSize), initial, (before, batch, mask) => {
    const { state, pass } = trainStep({
      model,
      optimizer,
      state: before,
      batch: batch as Batch,
      mask,
      proximal,
    });
    return { ...state, totals: addToTotals(before.totals, pass, mask) };
  });
}

/** A step for each epoch, so that epochs and steps are the same. */
function trainOnAll(training: Training, data: SymbolicDataset): Trained {
  const { model, optimizer, start, proximal, count } = training;
  const examples = sequenceLength(data);
  const initial = { ...fullBatchStart(model, start), totals: zeroTotals(model) };
  return sequenceReduce(data.repeat(count).batch(PART_SIZE), initial, (before, part, mask) => {
    const step = fullBatchStep({
      model,
      optimizer,
      state: before,
      batch: part as Batch,
      mask,
      examples,
      proximal,
    });
    return { ...step.state, totals: addToTotals(before.totals, step.pass, mask) };
  });
}
