// Federated averaging, with an optimizer on each side. McMahan, Moore, Ramage, Hampson, Agüera y Arcas,
// "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017, Algorithm 1; in the
// general form (FedOpt) of Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated
// Optimization", ICLR 2021, Algorithm 1: clients send w_k − w, the server takes −mean(w_k − w) for its gradient.
// FedAvg is SGD on the clients and SGD with learning rate 1 at the server. Other server optimizers give FedAvgM,
// FedAdagrad, FedAdam and FedYogi; a proximal term gives FedProx.

import { type Aggregator, aggregationBy, aggregatorKind, meanAggregator } from '@starling/aggregators';
import {
  type AnyServerValue,
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  int32,
  iterativeProcess,
  type ServerValue,
  type StructType,
  sequence,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, kinds, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { sgd } from '../optimizers/sgd.js';
import { clientWork, type OptimizerOfRound } from '../work/client-work.js';
import { meansWork } from '../work/means-work.js';
import { nextRound, serverStart, serverWork } from '../work/server-work.js';
import { batchSizeKind, clientOptimizerKind } from '../work/work-kinds.js';
import { type CountOfRound, countWork, workLength } from '../work/work-length.js';
import type { AveragingProcess } from './averaging-types.js';
import { fieldsOf } from './fields-of.js';

export interface FederatedAveragingOptions<W extends string = string> {
  readonly model: Model<W>;
  /**
   * Trains on the clients; made anew each round. A function gets the number of rounds before this one (an int32
   * scalar), so that a learning rate can follow the rounds: `(round) => sgd({ learningRate: schedule(round) })`.
   */
  readonly clientOptimizer: Optimizer | OptimizerOfRound;
  /** Moves the server's weights; its state lasts. `sgd({ learningRate: 1 })` by default: plain averaging. */
  readonly serverOptimizer?: Optimizer;
  /**
   * E, passes over a client's examples in a round; 1 by default. A function is asked by each client in each round, and
   * may draw: a client that does 2 of 10 epochs costs 2.
   */
  readonly epochs?: number | CountOfRound;
  /**
   * K, a client's steps in a round, in as many epochs as they need; in place of `epochs`, and a function as they are.
   */
  readonly steps?: number | CountOfRound;
  /** B, examples a step. `full`: all examples of a client, so that an epoch is one step. */
  readonly batchSize: number | 'full';
  /**
   * What an update counts by: the client's number of examples (the default), or the same for all (`uniform`). A client
   * without examples counts for nothing in both.
   */
  readonly weighting?: 'examples' | 'uniform';
  /** μ of FedProx, at least 0; 0 by default. */
  readonly proximalStrength?: number;
  /** How updates become one; `meanAggregator()` by default. */
  readonly aggregator?: Aggregator;
  /**
   * Whether a round after which the weights, or the optimizer's or aggregator's state, hold a NaN or an infinity fails
   * and leaves them as they were; true by default. False suits an aggregator whose state starts at infinity.
   */
  readonly finiteState?: boolean;
}

/**
 * The process whose clients hold `{ data }`, a sequence of the model's examples. Its state is `{ model, optimizer,
 * aggregator }`, where `model` has the weights, and `round` if an option is a function of the round; its metrics are
 * the loss and the metrics of the model while training, as means over all examples of the cohort, and their number,
 * `examples`, each example as often as it was trained on; with an aggregator that measures, also `aggregation`. Throws
 * a `RangeError` if an option is out of its range.
 */
export function federatedAveraging<W extends string>(
  options: FederatedAveragingOptions<W>,
): AveragingProcess<W> {
  checkOptions(
    'Cannot average models',
    options,
    {
      model: required(modelKind),
      clientOptimizer: required(clientOptimizerKind),
      serverOptimizer: optimizerKind,
      epochs: true,
      steps: true,
      batchSize: required(batchSizeKind),
      weighting: true,
      proximalStrength: true,
      aggregator: aggregatorKind,
      finiteState: kinds.flag,
    },
    ELSEWHERE,
  );
  const model: Model = options.model;
  const { clientOptimizer, batchSize, weighting = 'examples' } = options;
  const { serverOptimizer = sgd({ learningRate: 1 }), aggregator = meanAggregator() } = options;
  const { proximalStrength = 0, finiteState = true } = options;
  const { unit, count } = workLength(options);
  const work = clientWork(model, {
    optimizer: clientOptimizer,
    epochs: options.epochs,
    steps: options.steps,
    batchSize,
    weighting,
    proximalStrength,
  });
  const counting = typeof count === 'function' ? countWork(unit, count) : null;
  const start = serverStart(model, serverOptimizer);
  const update = serverWork(model, serverOptimizer, start.type.result);
  const aggregation = aggregationBy(aggregator, model.weights);
  const countsRounds = typeof clientOptimizer === 'function' || counting !== null;

  const initialize = federatedComputation(
    null,
    () => {
      const weights = federatedValue(model.initialWeights, 'SERVER', model.weights);
      return federatedZip({
        model: weights,
        optimizer: federatedMap(start, { weights }),
        aggregator: startOf(aggregation),
        ...(countsRounds ? { round: federatedValue(0, 'SERVER', int32()) } : {}),
      });
    },
    { name: 'federated averaging start' },
  );
  const next = federatedComputation(
    {
      state: atServer(initialize.type.result.member as StateType),
      data: atClients(sequence(model.example)),
    },
    ({ state, data }) => {
      const weights = field(state, 'model');
      const round = countsRounds ? (field(state as ServerValue, 'round') as ServerValue) : null;
      const sent = round === null ? null : { round: federatedBroadcast(round) };
      const report = federatedMap(work, {
        weights: federatedBroadcast(weights),
        data,
        ...(sent !== null && typeof clientOptimizer === 'function' ? sent : {}),
        ...(sent !== null && counting !== null ? { count: federatedMap(counting, sent) } : {}),
      });
      const aggregated = stepOf(aggregation, field(state, 'aggregator'), {
        value: field(report, 'update'),
        weight: field(report, 'weight'),
      });
      const updated = federatedMap(update, {
        weights,
        optimizer: field(state, 'optimizer'),
        update: aggregated.result,
      });
      const means = federatedMap(meansWork(model), { totals: federatedSum(field(report, 'totals')) });
      return {
        state: federatedZip({
          model: field(updated, 'weights'),
          optimizer: field(updated, 'optimizer'),
          aggregator: aggregated.state,
          ...(round === null ? {} : { round: federatedMap(nextRound, { round }) }),
        }),
        metrics: withMeasurements(means, aggregated.measurements),
      };
    },
    { name: 'federated averaging' },
  );
  // What aggregators and optimizers keep is known here alone.
  return iterativeProcess({ initialize, next }, { finiteState }) as unknown as AveragingProcess<W>;
}

/** What a user of other libraries gives an algorithm here. */
const ELSEWHERE = {
  loss: 'It is an option of the model: layersModel(build, { example, loss })',
  metrics: 'It is an option of the model: layersModel(build, { example, loss, metrics })',
  rounds: 'It is an option of the run: runRounds({ process, rounds, … })',
  numRounds: 'It is an option of the run: runRounds({ process, rounds, … })',
  seed: 'It is an option of the run, and for initial weights of the model: runRounds({ process, seed, … })',
  cohortSize: 'It is an option of the sampler: uniformSampler({ cohortSize })',
  fractionFit: 'The sampler says how many take part: uniformSampler({ cohortSize })',
  learningRate: 'It is an option of the optimizer: sgd({ learningRate })',
  clientLearningRate: 'It is an option of the optimizer: clientOptimizer: sgd({ learningRate })',
  serverLearningRate: 'It is an option of the optimizer: serverOptimizer: sgd({ learningRate })',
  mu: 'It is called proximalStrength here',
} as const;

/** The fields of `means`, and `aggregation` where the aggregator measures something. */
function withMeasurements(means: AnyServerValue, measurements: AnyServerValue): AnyServerValue {
  if (Object.keys(fieldsOf(measurements)).length === 0) return means;
  return federatedZip({ ...fieldsOf(means), aggregation: measurements });
}

type StateType = StructType<{ readonly model: Type; readonly optimizer: Type; readonly aggregator: Type }>;
