// A model of one weight for tests that are worked out by hand: the output is w x, the loss (w x − y)² / 2, and its
// gradient (w x − y) x.
import { tf } from '@starling/compute';
import { type Dataset, float32, struct, tensor } from '@starling/federated-core';
import type { Model } from '../model/model.js';
import { functionModel } from '../models/function-model.js';

type PointBatch = { readonly x: tf.Tensor; readonly y: tf.Tensor };

/** The model, starting from `w`; it measures `error`, |w x − y|. */
export function lineModel(w: number): Model {
  return functionModel({
    name: 'line',
    example: struct({ x: float32(), y: float32() }),
    initialWeights: { w: tensor('float32', [], Float32Array.of(w)) },
    loss: ({ w: weight }, batch: PointBatch) => tf.div(tf.square(difference(weight, batch)), 2),
    metrics: { error: ({ w: weight }, batch) => tf.abs(difference(weight, batch)) },
  });
}

function difference(weight: tf.Tensor, { x, y }: PointBatch): tf.Tensor {
  return tf.sub(tf.mul(weight, x), y);
}

/** A dataset of points [x, y]. */
export function points(...pairs: readonly (readonly [number, number])[]): Dataset {
  const length = pairs.length;
  return {
    length,
    columns: {
      x: tensor(
        'float32',
        [length],
        Float32Array.from(pairs, ([x]) => x),
      ),
      y: tensor(
        'float32',
        [length],
        Float32Array.from(pairs, ([, y]) => y),
      ),
    },
  };
}
