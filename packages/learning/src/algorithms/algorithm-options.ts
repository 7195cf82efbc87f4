// The options that algorithms share whose clients train: how they train, and how their updates become one.
import { type Aggregator, aggregatorKind } from '@starling/aggregators';
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { OptimizerOfRound, TrainingOptions } from '../work/local-training.js';
import { clientOptimizerKind } from '../work/work-kinds.js';

/** What every algorithm takes beside its own options. */
export interface CommonOptions<W extends string = string> {
  readonly model: Model<W>;
  /** How what clients send becomes one; the mean by their weights by default. */
  readonly aggregator?: Aggregator;
  /**
   * Whether a round after which the weights, or what a part keeps, hold a NaN or an infinity fails and leaves them as
   * they were; true by default. False suits an aggregator whose state starts at infinity.
   */
  readonly finiteState?: boolean;
}

/** How clients train: see `TrainingOptions`. */
export type ClientTraining = Pick<
  TrainingOptions,
  'epochs' | 'steps' | 'batchSize' | 'order' | 'acrossEpochs' | 'weighting'
>;

export interface AlgorithmOptions<W extends string = string> extends CommonOptions<W>, ClientTraining {
  /**
   * Trains on the clients; made anew each round. A function gets the number of rounds before this one (an int32
   * scalar), so that a learning rate can follow the rounds: `(round) => sgd({ learningRate: schedule(round) })`.
   */
  readonly clientOptimizer: Optimizer | OptimizerOfRound;
}

/** The checks of `CommonOptions`. */
export const COMMON = {
  model: required(modelKind),
  aggregator: aggregatorKind,
  finiteState: kinds.flag,
} as const;

/** The names of `ClientTraining`, which the client work checks. */
export const TRAINING = {
  epochs: true,
  steps: true,
  batchSize: true,
  order: true,
  acrossEpochs: true,
  weighting: true,
} as const;

type OwnChecks<O, Shared> = Parameters<typeof checkOptions<Omit<O, keyof Shared>>>[2];

/** Throws a `RangeError` unless `options` are those of an algorithm whose clients train, and its `own`. */
export function checkAlgorithm<O extends AlgorithmOptions>(
  action: string,
  options: O,
  own: OwnChecks<O, AlgorithmOptions>,
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  const all = { ...COMMON, ...TRAINING, clientOptimizer: required(clientOptimizerKind), ...own };
  // What stands elsewhere for this algorithm is no option of it.
  const known = Object.entries(all).filter(([name]) => !Object.hasOwn(elsewhere, name));
  checkOptions<object>(action, options, Object.fromEntries(known), { ...ELSEWHERE, ...elsewhere });
  checkLengthIsGiven(action, options);
}

/** A length that is named and undefined is a setting that is not there: it would be one epoch in silence. */
function checkLengthIsGiven(action: string, options: ClientTraining): void {
  if (options.epochs !== undefined || options.steps !== undefined) return;
  const named = (['epochs', 'steps'] as const).find((name) => Object.hasOwn(options, name));
  if (named === undefined) return;
  throw optionError(
    `${action}: ${named} must be a whole number or a function of the round, got undefined. Leave it out for one epoch`,
  );
}

/** Those of `options` that say how clients train, by `optimizer`. */
export function trainingOf(
  options: ClientTraining,
  optimizer: TrainingOptions['optimizer'],
): TrainingOptions {
  const { epochs, steps, batchSize, order, acrossEpochs, weighting } = options;
  return { optimizer, epochs, steps, batchSize, order, acrossEpochs, weighting };
}

/** Those of `options` that a process takes as they are. */
export function commonOf<W extends string>({ model, aggregator, finiteState }: CommonOptions<W>) {
  return { model, aggregator, finiteState };
}

/** What a user of other libraries gives an algorithm here. */
export const ELSEWHERE = {
  loss: 'It is an option of the model: layersModel(build, { example, loss })',
  metrics: 'It is an option of the model: layersModel(build, { example, loss, metrics })',
  rounds: 'It is an option of the run: runRounds({ process, rounds, … })',
  numRounds: 'It is an option of the run: runRounds({ process, rounds, … })',
  seed: 'It is an option of the run, and for initial weights of the model: runRounds({ process, seed, … })',
  cohortSize: 'It is an option of the sampler: uniformSampler({ cohortSize })',
  fractionFit: 'The sampler says how many take part: uniformSampler({ cohortSize })',
  learningRate: 'It is an option of the optimizer: sgd({ learningRate })',
  clientLearningRate: 'It is an option of the optimizer: clientOptimizer: sgd({ learningRate })',
  serverLearningRate:
    'It is an option of the server’s optimizer: fedOpt({ serverOptimizer: sgd({ learningRate }) })',
  serverOptimizer: 'That is another algorithm: fedOpt({ serverOptimizer, … })',
  proximalStrength: 'That is another algorithm: fedProx({ proximalStrength, … })',
  mu: 'That is another algorithm: fedProx({ proximalStrength, … })',
} as const;
