// Federated k-means: Lloyd's step (Lloyd, "Least Squares Quantization in PCM", IEEE Transactions on Information Theory,
// 1982) on the points of a cohort, put together over the rounds as in Sculley, "Web-Scale K-Means Clustering", WWW
// 2010, Algorithm 1, with a cohort for a batch. For each centroid c, which v points have moved before:
//
//   each client:  s and m, the sum and the number of its points to which c is the nearest centroid
//   the server:   v ← v + Σ m,  c ← c + (Σ s − c Σ m) / v
//
// So c is the mean of all points that were ever counted for it; in the first round it is Lloyd's step.
import { aggregatorKind, nothing, sumAggregator } from '@starling/aggregators';
import { localComputation, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import {
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  float32,
  formatType,
  type LocalComputation,
  sequence,
  struct,
  tensor,
} from '@starling/federated-core';
import {
  checkOptions,
  count,
  isAssignable,
  kinds,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import type { Batch } from '../model/model.js';
import { type KMeansModel, kMeansKind } from '../models/k-means-model.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { type Finalizer, finalizationOf } from '../parts/finalizer.js';
import { meansWork } from '../work/means-work.js';
import type { CommonOptions } from './algorithm-options.js';

export interface FederatedKMeansOptions extends Omit<CommonOptions<'centroids'>, 'model'> {
  /** From `kMeansModel`. */
  readonly model: KMeansModel;
  /** Points of a client that are compared at once; 100 by default. It changes the speed, not the result. */
  readonly batchSize?: number;
}

/**
 * The process whose clients hold `{ data }`, a sequence of the model's examples. Its metrics are `loss`, the mean
 * squared distance of the cohort's points to the nearest centroid before the round, and `examples`. A centroid that no
 * point is nearest to stays where it is.
 */
export function federatedKMeans(options: FederatedKMeansOptions): LearningProcess<'centroids'> {
  checkOptions('Cannot find centroids', options, {
    model: required(kMeansKind),
    batchSize: count,
    aggregator: aggregatorKind,
    finiteState: kinds.flag,
  });
  const { model, batchSize = 100, aggregator = sumAggregator(), finiteState } = options;
  return learningProcess({
    name: 'federated k-means',
    model,
    clientWork: nearestWork(model, batchSize),
    aggregator,
    finalizer: centroidFinalizer(model),
    finiteState,
  });
}

/** Sums and counts of a client's points by the nearest centroid; of equally near ones, the first. */
function nearestWork(model: KMeansModel, batchSize: number): ClientWork {
  const assign: LocalComputation = localComputation(
    { weights: model.weights, data: sequence(model.example) },
    ({ weights: { centroids }, data }) => {
      const [clusters] = centroids.shape as [number];
      const start = { sums: tf.zerosLike(centroids), counts: tf.zeros([clusters]) };
      const value = sequenceReduce(data.batch(batchSize), start, ({ sums, counts }, batch, mask) => {
        const { squares, points } = model.distances(centroids, batch as Batch);
        const nearest = tf.mul(tf.oneHot(tf.argMin(squares, 1).toInt(), clusters), tf.expandDims(mask, 1));
        return {
          sums: tf.add(sums, tf.matMul(nearest, points as tf.Tensor2D, true, false)),
          counts: tf.add(counts, tf.sum(nearest, 0)),
        };
      });
      return { value, weight: tf.cast(sequenceLength(data), 'float32') };
    },
    { name: 'nearest centroids' },
  );
  const evaluate = evaluationWork({ model, batchSize });
  const name = 'nearest centroids';
  return {
    name,
    create: () =>
      workOf({
        name,
        model,
        start: nothing,
        step: (state, { weights, data }) => {
          const found = federatedMap(assign, { weights, data });
          const totals = federatedSum(federatedMap(evaluate, { weights, data }));
          return {
            state,
            result: { value: field(found, 'value'), weight: field(found, 'weight') },
            measurements: federatedMap(meansWork(model), { totals }),
          };
        },
      }),
  };
}

/** Moves each centroid to the mean of all points that were counted for it; its state is their number, `counts`. */
function centroidFinalizer(model: KMeansModel): Finalizer {
  const [clusters, width] = model.initialWeights.centroids.shape as [number, number];
  const sums = struct({ sums: float32(clusters, width), counts: float32(clusters) });
  const move: LocalComputation = localComputation(
    { weights: model.weights, counts: float32(clusters), update: sums },
    ({ weights: { centroids }, counts, update }) => {
      const all = tf.add(counts, update.counts);
      const column = (one: tf.Tensor): tf.Tensor => tf.expandDims(one, 1);
      const pull = tf.sub(update.sums, tf.mul(centroids, column(update.counts)));
      return { weights: { centroids: tf.add(centroids, tf.divNoNan(pull, column(all))) }, counts: all };
    },
    { name: 'centroids' },
  );
  const name = 'centroids';
  return {
    name,
    create: (_, update) => {
      if (!isAssignable(sums, update)) {
        throw optionError(
          `Cannot find centroids: need an aggregate of the type ${formatType(sums)}, got ${formatType(update)}`,
        );
      }
      const zeros = tensor('float32', [clusters], new Float32Array(clusters));
      return finalizationOf({
        name,
        model,
        update,
        start: () => federatedZip({ counts: federatedValue(zeros, 'SERVER', float32(clusters)) }),
        step: (state, given) => {
          const { weights } = given;
          const after = federatedMap(move, { weights, counts: field(state, 'counts'), update: given.update });
          return {
            state: federatedZip({ counts: field(after, 'counts') }),
            result: field(after, 'weights'),
            measurements: nothing(),
          };
        },
      });
    },
  };
}
