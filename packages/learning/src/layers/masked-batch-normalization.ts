// Batch normalisation of a padded batch: mean and variance are those of its examples alone, so that a short batch is
// normalised as if it had no padding (Ioffe, Szegedy, "Batch Normalization", ICML 2015, Algorithm 1, over the rows
// that the mask keeps).
import { tf, type tfl } from '@starling/compute';
import type { StandIn } from './layer-stand-ins.js';

/** What a tf.js layer of class BatchNormalization has, beside what every layer has. */
interface BatchNormalization extends tfl.layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  /** Absent if the layer does not scale, or does not centre. */
  readonly gamma?: tfl.LayerVariable;
  readonly beta?: tfl.LayerVariable;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
}

/** The stand-in of BatchNormalization: normalises by the examples of the batch, and moves the layer's averages. */
export const maskedBatchNormalization: StandIn = (layer, x, mask) =>
  normalize(layer as BatchNormalization, x, mask);

function normalize(layer: BatchNormalization, x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const channels = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== channels);
  const alongChannels = x.shape.map((size, axis) => (axis === channels ? size : 1));
  const places = axes.reduce(
    (product, axis) => (axis === 0 ? product : product * (x.shape[axis] as number)),
    1,
  );
  const rows = tf.reshape(mask, [-1, ...new Array<number>(x.rank - 1).fill(1)]);
  const count = tf.mul(tf.maximum(tf.sum(mask), 1), places);
  const meanOf = (values: tf.Tensor): tf.Tensor => tf.div(tf.sum(tf.mul(values, rows), axes), count);

  const mean = meanOf(x);
  const centred = tf.sub(x, tf.reshape(mean, alongChannels));
  const variance = meanOf(tf.square(centred));
  moveAverage(layer.movingMean, mean, layer.momentum);
  moveAverage(layer.movingVariance, variance, layer.momentum);

  const deviation = tf.sqrt(tf.add(variance, layer.epsilon));
  const scale = layer.gamma === undefined ? tf.div(1, deviation) : tf.div(layer.gamma.read(), deviation);
  const scaled = tf.mul(centred, tf.reshape(scale, alongChannels));
  return layer.beta === undefined ? scaled : tf.add(scaled, tf.reshape(layer.beta.read(), alongChannels));
}

function moveAverage(average: tfl.LayerVariable, value: tf.Tensor, momentum: number): void {
  const before = average.read();
  average.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
}
