// A round of learning, whatever the algorithm: the weights go out, clients work, what they send becomes one value, and
// that makes new weights. Its parts are named as those of `compose_learning_process` in TensorFlow Federated.
import { type Aggregator, aggregationBy, aggregatorKind, meanAggregator } from '@starling/aggregators';
import {
  type AnyServerValue,
  clientParts,
  federatedComputation,
  federatedValue,
  federatedZip,
  field,
  iterativeProcess,
  type SymbolicValue,
  startOf,
  stepOf,
} from '@starling/federated-core';
import { checkOptions, kinds, required } from '@starling/federated-core/plan';
import { broadcastDistributor } from '../distributors/broadcast-distributor.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { sgd } from '../optimizers/sgd.js';
import { type ClientWork, clientWorkKind } from '../parts/client-work.js';
import { clientTypes, created, memberAt } from '../parts/created-parts.js';
import { type Distributor, distributorKind } from '../parts/distributor.js';
import { type Finalizer, finalizerKind } from '../parts/finalizer.js';
import type { LearningProcess } from './learning-types.js';
import { roundMetrics } from './round-metrics.js';
import { warnOfSum } from './warn-of-sum.js';

export interface LearningProcessOptions<W extends string = string> {
  /** For errors and logs; `learning` by default. */
  readonly name?: string | undefined;
  readonly model: Model<W>;
  /** What clients make of the weights and of their data. */
  readonly clientWork: ClientWork;
  /** How the weights get to the clients; `broadcastDistributor()` by default. */
  readonly distributor?: Distributor | undefined;
  /** How what clients send becomes one; `meanAggregator()` by default. */
  readonly aggregator?: Aggregator | undefined;
  /** What becomes of the weights; by default the aggregate is added to them. */
  readonly finalizer?: Finalizer | undefined;
  /**
   * Whether a round after which the state holds a NaN or an infinity fails and leaves it as it was; true by default.
   * False suits a part whose state starts at infinity.
   */
  readonly finiteState?: boolean | undefined;
}

/**
 * The process of these parts. Its state is `{ model, finalizer, aggregator, clientWork, distributor }`, where `model`
 * has the weights; its metrics are what the client work measures, and if the other parts measure something, that as
 * `aggregation`, `finalization` and `distribution`. What clients keep is a struct, too, of those parts alone that have
 * them keep something, such as `{ clientWork, aggregator }`; of most processes they keep nothing. Throws a `RangeError`
 * if a part is none, and a `TypeMismatchError` with both types where one does not fit the next.
 *
 * A toy, whose clients hold 1, 2 and 6, and whose number goes half of the way to their mean in each round:
 *
 *     // A toy: clients send how far their mean is from a number, and the server goes half of the way.
 *     import { nothing } from '@starling/aggregators';
 *     import { createOnnxEngine, localComputation, localRunner, sequenceReduce, tf } from '@starling/compute';
 *     import { evaluate, federatedMap, field, float32, sequence, tensor } from '@starling/federated-core';
 *     import { functionModel, learningProcess, optimizerFinalizer, sgd, workOf } from '@starling/learning';
 *
 *     const model = functionModel({
 *       example: float32(),
 *       initialWeights: { w: tensor('float32', [], Float32Array.of(0)) },
 *       loss: ({ w }, x: tf.Tensor) => tf.square(tf.sub(x, w)),
 *     });
 *     const distance = localComputation(
 *       { weights: model.weights, data: sequence(float32()) },
 *       ({ weights, data }) => {
 *         const zero = { sum: tf.scalar(0), count: tf.scalar(0) };
 *         const { sum, count } = sequenceReduce(data, zero, (before, x) => ({
 *           sum: tf.add(before.sum, x),
 *           count: tf.add(before.count, 1),
 *         }));
 *         return { value: { w: tf.sub(tf.div(sum, count), weights.w) }, weight: count };
 *       },
 *     );
 *     const { initialize, next } = learningProcess({
 *       model,
 *       clientWork: {
 *         name: 'distance',
 *         create: () =>
 *           workOf({
 *             name: 'distance',
 *             model,
 *             start: nothing,
 *             step: (state, { weights, data }) => {
 *               const sent = federatedMap(distance, { weights, data });
 *               const result = { value: field(sent, 'value'), weight: field(sent, 'weight') };
 *               return { state, result, measurements: nothing() };
 *             },
 *           }),
 *       },
 *       finalizer: optimizerFinalizer(sgd({ learningRate: 0.5 })),
 *     });
 *
 *     const run = localRunner(await createOnnxEngine());
 *     let state = await evaluate(initialize, undefined, { run });
 *     for (let round = 1; round <= 3; round++) {
 *       ({ state } = await evaluate(next, { state, data: [[1, 2], [6]] }, { run }));
 *       console.log(round, state.model.w);
 *     }
 *     // → 1 1.5
 *     // → 2 2.25
 *     // → 3 2.625
 */
export function learningProcess<W extends string>(options: LearningProcessOptions<W>): LearningProcess<W> {
  checkOptions('Cannot compose a learning process', options, {
    name: kinds.text,
    model: required(modelKind),
    clientWork: required(clientWorkKind),
    distributor: distributorKind,
    aggregator: aggregatorKind,
    finalizer: finalizerKind,
    finiteState: kinds.flag,
  });
  const model: Model = options.model;
  const { name = 'learning', distributor = broadcastDistributor(), aggregator = meanAggregator() } = options;
  const {
    finalizer = optimizerFinalizer(sgd({ learningRate: 1 })),
    clientWork,
    finiteState = true,
  } = options;
  if (options.finalizer === undefined) warnOfSum(name, aggregator);
  const distribution = created(distributor, 'distributionOf', distributor.create(model.weights));
  const work = created(clientWork, 'workOf', clientWork.create(model));
  const aggregation = aggregationBy(aggregator, memberAt(clientWork, work, ['result', 'value'], 'CLIENTS'));
  const update = memberAt(aggregator, aggregation, ['result'], 'SERVER');
  const finalization = created(finalizer, 'finalizationOf', finalizer.create(model, update));

  const kept = clientParts({
    distributor: distribution,
    clientWork: work,
    aggregator: aggregation,
    finalizer: finalization,
  });
  const initialize = federatedComputation(
    null,
    () =>
      federatedZip({
        model: federatedValue(model.initialWeights, 'SERVER', model.weights),
        finalizer: startOf(finalization),
        aggregator: startOf(aggregation),
        clientWork: startOf(work),
        distributor: startOf(distribution),
      }),
    { name: `${name} start` },
  );
  const next = federatedComputation(
    { state: initialize.type.result, ...kept.parameter, ...clientTypes(work) },
    (given) => {
      const { state, ...data } = given as unknown as { readonly [name: string]: SymbolicValue };
      const before = (part: string): AnyServerValue => field(state!, part) as AnyServerValue;
      const own = (part: string) => ({ clientState: kept.of(data, part) });
      const weights = before('model');
      const sent = stepOf(distribution, before('distributor'), { weights, ...own('distributor') });
      const done = stepOf(work, before('clientWork'), {
        ...data,
        weights: sent.result,
        ...own('clientWork'),
      });
      const one = stepOf(aggregation, before('aggregator'), {
        value: field(done.result, 'value'),
        weight: field(done.result, 'weight'),
        ...own('aggregator'),
      });
      const after = stepOf(finalization, before('finalizer'), {
        weights,
        update: one.result,
        ...own('finalizer'),
      });
      return {
        state: federatedZip({
          model: after.result as AnyServerValue,
          finalizer: after.state,
          aggregator: one.state,
          clientWork: done.state,
          distributor: sent.state,
        }),
        ...kept.join({ distributor: sent, clientWork: done, aggregator: one, finalizer: after }),
        metrics: roundMetrics(name, done.measurements, {
          aggregation: one.measurements,
          finalization: after.measurements,
          distribution: sent.measurements,
        }),
      };
    },
    { name },
  );
  // What the parts keep and measure is known here alone.
  const process = iterativeProcess({ initialize, ...kept.initialize, next } as never, { finiteState });
  return { ...process, model } as unknown as LearningProcess<W>;
}
