// FedBuff: Nguyen, Malik, Zhan, Yousefpour, Rabbat, Malek, Huba, "Federated Learning with Buffered Asynchronous
// Aggregation", AISTATS 2022, Algorithm 1: the server takes a step with every K reports that come, however many are
// still at work. A client i that was given the weights of step t − τ_i sends Δ_i = w_i − w_{t−τ_i}:
//
//   the server:     w_{t+1} ← w_t + η_g · (1/K) Σ s(τ_i) Δ_i, with s(τ) = 1/√(1 + τ)
//
// K and how many are at work belong to the run. In synchronous rounds, where τ is 0, it is FedAvg of equal weights.
import { discountedMean } from '@starling/aggregators';
import { numberWithin, optionError } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import { sgd } from '../optimizers/sgd.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface FedBuffOptions<W extends string = string> extends AlgorithmOptions<W> {
  /** η_g; 1 by default. */
  readonly serverLearningRate?: number;
  /** s: what is left of a stale update, as `discountedMean` takes it. Default ½, for 1/√(1 + τ). */
  readonly discount?: number | readonly number[];
}

/**
 * The process to run with `asynchronous: { buffer, concurrency }`. An `aggregator` that is given has the discount of
 * its own: it wraps a `discountedMean`.
 */
export function fedBuff<W extends string>(options: FedBuffOptions<W>): LearningProcess<W> {
  const action = 'Cannot average by FedBuff';
  checkAlgorithm(
    action,
    options,
    { serverLearningRate: numberWithin({ above: 0 }), discount: true },
    {
      buffer: 'It is an option of the run: runRounds({ process, asynchronous: { buffer, concurrency }, … })',
      concurrency:
        'It is an option of the run: runRounds({ process, asynchronous: { buffer, concurrency }, … })',
    },
  );
  const { serverLearningRate = 1, discount, aggregator } = options;
  if (aggregator !== undefined && discount !== undefined) {
    throw optionError(
      `${action}: discount and aggregator cannot both be given. Write aggregator: clipped(discountedMean({ discount }), …)`,
    );
  }
  return learningProcess({
    name: 'FedBuff',
    clientWork: trainingWork(trainingOf(options, options.clientOptimizer)),
    finalizer: optimizerFinalizer(sgd({ learningRate: serverLearningRate })),
    ...commonOf(options),
    aggregator:
      aggregator ?? discountedMean({ weighted: false, ...(discount !== undefined && { discount }) }),
  });
}
