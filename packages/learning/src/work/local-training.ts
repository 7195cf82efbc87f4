// What a client computes when it trains: some epochs, or steps, of minibatch descent from the weights that it received
// (ClientUpdate of McMahan et al., AISTATS 2017, Algorithm 1), as one local computation with one reduction.
import {
  localComputation,
  type SymbolicDataset,
  sequenceLength,
  sequenceReduce,
  type TensorStructure,
  tf,
} from '@starling/compute';
import { int32, type LocalComputation, sequence } from '@starling/federated-core';
import { checkOptions, kinds, oneOf, optionError, required, runBody } from '@starling/federated-core/plan';
import type { Batch, Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { mapTensors, pickTensors, type Tensors } from '../tensors/tensors.js';
import { fullBatchStart, fullBatchStep, PART_SIZE } from './full-batch-step.js';
import { stepsTaken } from './steps-taken.js';
import { addToTotals, zeroTotals } from './totals.js';
import { type GradientRule, type TrainStepState, trainStep } from './train-step.js';
import { batchSizeKind, clientOptimizerKind } from './work-kinds.js';
import { type CountOfRound, type WorkLength, workLength } from './work-length.js';

/** An optimizer for a round: gets the number of rounds before it, an int32 scalar. */
export type OptimizerOfRound = (round: tf.Tensor) => Optimizer;

/**
 * How much a client counts: by its number of `examples`; by how many examples it `processed`, each as often as it was
 * trained on; or `uniform`, the same for all. A client without examples counts for nothing in each.
 */
export type Weighting = 'examples' | 'processed' | 'uniform';

/** How long and by what a client trains. */
export interface TrainingOptions {
  /** Made anew each round. A function gets the number of rounds before this one: `(round) => sgd({ … })`. */
  readonly optimizer: Optimizer | OptimizerOfRound;
  /**
   * E: passes over the client's examples in a round; 1 by default. A function is asked by each client in each round,
   * and may draw: a client that does 2 of 10 epochs costs 2.
   */
  readonly epochs?: number | CountOfRound | undefined;
  /** K: steps in a round, in as many epochs as they need, in place of `epochs`; a function as they are. */
  readonly steps?: number | CountOfRound | undefined;
  /** B: examples a step; the last step of an epoch takes what is left. `full`: all examples, one step an epoch. */
  readonly batchSize: number | 'full';
  /** Whether each epoch walks the examples in a new order (`shuffled`, the default), or as they stand (`given`). */
  readonly order?: 'shuffled' | 'given' | undefined;
  /**
   * Whether a batch may begin in one epoch and end in the next, so that only the last one of all is short; false by
   * default.
   */
  readonly acrossEpochs?: boolean | undefined;
  /** `examples` by default. */
  readonly weighting?: Weighting | undefined;
  /** What the optimizer gets in the place of the gradients of each step; nothing else by default. */
  readonly changeGradients?: ChangeGradients | undefined;
  /** What the client sends in the place of the change of the weights; nothing else by default. */
  readonly changeUpdate?: ChangeUpdate | undefined;
}

/** Traced in each step. Both records of weights have those that are trained, `received` as they were broadcast. */
export type ChangeGradients = (
  gradients: Tensors,
  at: { readonly weights: Tensors; readonly received: Tensors },
) => Tensors;

/** Traced once, after the training. `steps`: float32, how many steps the client took. */
export type ChangeUpdate = (
  update: Tensors,
  training: { readonly steps: tf.Tensor; readonly received: Tensors },
) => TensorStructure;

/** Throws a `RangeError` if an option of training is unknown or out of its range. */
export function checkTraining(options: TrainingOptions): void {
  checkOptions(ACTION, options, {
    optimizer: required(clientOptimizerKind),
    epochs: true,
    steps: true,
    batchSize: required(batchSizeKind),
    order: oneOf('shuffled', 'given'),
    acrossEpochs: kinds.flag,
    weighting: oneOf('examples', 'processed', 'uniform'),
    changeGradients: kinds.callable,
    changeUpdate: kinds.callable,
  });
  workLength(options);
  if (options.batchSize === 'full' && options.acrossEpochs === true) {
    throw optionError(`${ACTION}: need a number for batchSize with acrossEpochs, got 'full'`);
  }
}

/**
 * (weights, data[, round][, count]) → update: trained minus received weights; weight: float32; totals: sums over the
 * examples trained on, of the loss and each metric before the step that uses them, and their number. It takes `round`
 * where the optimizer is a function, and `count` where epochs or steps are. Throws a `RangeError` if an option is out
 * of its range.
 */
export function localTraining(model: Model, options: TrainingOptions): LocalComputation {
  modelKind(ACTION, 'model', model);
  checkTraining(options);
  if (model.trainable.length === 0) {
    throw optionError(`${ACTION}: ${model.name} must have a weight that is trained, got none`);
  }
  const { batchSize, weighting = 'examples', order = 'shuffled', changeUpdate } = options;
  const { acrossEpochs = false } = options;
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
      const received = pickTensors(weights, model.trainable);
      const training: Training = {
        model,
        optimizer,
        start: { weights, optimizer: optimizer.init(received) },
        rule: ruleOf(options.changeGradients, received),
        unit: length.unit,
        count: typeof length.count === 'function' ? count : length.count,
        acrossEpochs,
      };
      const walked = order === 'shuffled' ? data.shuffle() : data;
      const end =
        batchSize === 'full' ? trainOnAll(training, data) : trainOnBatches(training, walked, batchSize);
      const examples = tf.cast(sequenceLength(data), 'float32');
      const change = mapTensors(tf.sub, end.weights, weights);
      const steps = (): tf.Tensor => stepsTaken(training, examples, batchSize);
      return {
        update:
          changeUpdate === undefined ? change : changed(changeUpdate, change, { steps: steps(), received }),
        weight: weightBy(weighting, examples, end.totals),
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

function ruleOf(change: ChangeGradients | undefined, received: Tensors): GradientRule | null {
  if (change === undefined) return null;
  return (gradients, weights) =>
    runBody(ACTION, 'changeGradients must give a gradient for each weight that is trained', () =>
      change(gradients, { weights, received }),
    );
}

function changed(change: ChangeUpdate, ...given: Parameters<ChangeUpdate>): TensorStructure {
  return runBody(ACTION, 'changeUpdate must give what the client sends', () => change(...given));
}

function weightBy(weighting: Weighting, examples: tf.Tensor, totals: Tensors): tf.Tensor {
  switch (weighting) {
    case 'examples':
      return examples;
    case 'processed':
      return totals['examples'] as tf.Tensor;
    case 'uniform':
      return tf.minimum(examples, 1);
    default:
      return weighting satisfies never;
  }
}

interface Training {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly start: TrainStepState;
  readonly rule: GradientRule | null;
  readonly unit: WorkLength['unit'];
  readonly count: number | tf.Tensor;
  readonly acrossEpochs: boolean;
}

interface Trained {
  readonly weights: Tensors;
  readonly totals: Tensors;
}

/** A step for each batch of `batchSize` examples. */
function trainOnBatches(training: Training, data: SymbolicDataset, batchSize: number): Trained {
  const { model, optimizer, start, rule, unit, count, acrossEpochs } = training;
  const walked = unit === 'epochs' ? data.repeat(count) : data.steps(count);
  const initial = { ...start, totals: zeroTotals(model) };
  return sequenceReduce(walked.batch(batchSize, { acrossEpochs }), initial, (before, batch, mask) => {
    const { state, pass } = trainStep({ model, optimizer, state: before, batch: batch as Batch, mask, rule });
    return { ...state, totals: addToTotals(before.totals, pass, mask) };
  });
}

/** A step for each epoch, so that epochs and steps are the same. */
function trainOnAll(training: Training, data: SymbolicDataset): Trained {
  const { model, optimizer, start, rule, count } = training;
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
      rule,
    });
    return { ...step.state, totals: addToTotals(before.totals, step.pass, mask) };
  });
}
