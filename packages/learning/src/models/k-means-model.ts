// Centroids as a model: its loss is the squared distance of a point to the nearest of them, so that evaluations and
// algorithms measure it as they do any other.
import { tf } from '@starling/compute';
import type { Tensor, Type } from '@starling/federated-core';
import {
  type Check,
  checkOptions,
  dataKinds,
  hasMethods,
  kinds,
  ofKind,
  optionError,
  required,
} from '@starling/federated-core/plan';
import type { Batch, Model } from '../model/model.js';
import { functionModel } from './function-model.js';

export interface KMeansModelOptions {
  /** The type of an example: a point, float32 [D], or what `features` makes one of. */
  readonly example: Type;
  /** [K, D], float32, finite: where the centroids start. Distinct ones: equal ones never part. */
  readonly initialCentroids: Tensor<'float32'>;
  /** (batch) → its points [B, D]; by default the batch itself. */
  readonly features?: (batch: never) => tf.Tensor;
}

export interface KMeansModel extends Model<'centroids'> {
  /** The squared distances [B, K] of the points of a batch to each centroid [K, D], and the points [B, D]. */
  distances(centroids: tf.Tensor, batch: Batch): { readonly squares: tf.Tensor; readonly points: tf.Tensor };
}

/** The check of such a model, for tables of options. */
export const kMeansKind: Check = ofKind({
  need: 'a model of centroids, which kMeansModel(…) makes',
  fits: (value) => hasMethods(value, ['distances']),
});

/** Throws a `RangeError` unless there is at least one centroid, and a `features` where an example is no point. */
export function kMeansModel(options: KMeansModelOptions): KMeansModel {
  checkOptions('Cannot make a model of centroids', options, {
    example: required(dataKinds.type),
    initialCentroids: required(dataKinds.tensor),
    features: kinds.callable,
  });
  const { example, initialCentroids, features } = options;
  const [clusters = 0, width] = initialCentroids.shape;
  if (initialCentroids.shape.length !== 2 || clusters < 1) {
    throw optionError(
      `Cannot make a model of centroids: initialCentroids must be [clusters, numbers of a point], at least one, got [${initialCentroids.shape.join(', ')}]`,
    );
  }
  const distances: KMeansModel['distances'] = (centroids, batch) => {
    const points = features === undefined ? (batch as tf.Tensor) : features(batch as never);
    if (!(points instanceof tf.Tensor) || points.rank !== 2 || points.shape[1] !== width) {
      const got = points instanceof tf.Tensor ? `[${points.shape.join(', ')}]` : 'a struct';
      throw optionError(
        `Cannot measure centroids: points of a batch must be [batch, ${width}], got ${got}. Write features: (batch) => …`,
      );
    }
    const [size] = points.shape as [number];
    const apart = tf.sub(tf.reshape(points, [size, 1, width!]), tf.expandDims(centroids, 0));
    return { squares: tf.sum(tf.square(apart), -1), points };
  };
  const model = functionModel({
    name: 'centroids',
    example,
    initialWeights: { centroids: initialCentroids },
    loss: ({ centroids }, batch: Batch) => tf.min(distances(centroids, batch).squares, 1),
  });
  return Object.assign(model, { distances });
}
