// Batch normalisation of a padded batch: mean and variance are those of its examples alone, so that a short batch is
// normalised as if it had no padding (Ioffe, Szegedy, "Batch Normalization", ICML 2015, Algorithm 1, over the rows
// that the mask keeps). It stands in for the layer's own call while a training pass is traced.
import { tf, type tfl } from '@starling/compute';

/** What a tf.js layer of class BatchNormalization has, beside what every layer has. */
interface BatchNormalization extends tfl.layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  /** Absent where the layer does not scale, or does not centre. */
  readonly gamma?: tfl.LayerVariable;
  readonly beta?: tfl.LayerVariable;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
}

/** Runs `body` with every batch normalisation of `model` leaving out the rows where `mask` ([B]) is 0. */
export function withMaskedNormalization<T>(model: tfl.LayersModel, mask: tf.Tensor, body: () => T): T {
  const layers = normalizations(model.layers);
  // Own properties hide the method of the class until they are deleted below.
  for (const layer of layers) {
    layer.call = (inputs) =>
      normalize(layer, Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs, mask);
  }
  try {
    return body();
  } finally {
    for (const layer of layers) delete (layer as Partial<BatchNormalization>).call;
  }
}

function normalizations(layers: readonly tfl.layers.Layer[]): readonly BatchNormalization[] {
  return layers.flatMap((layer) => {
    const inner = (layer as { readonly layers?: readonly tfl.layers.Layer[] }).layers ?? [];
    const own = layer.getClassName() === 'BatchNormalization' ? [layer as BatchNormalization] : [];
    return [...own, ...normalizations(inner)];
  });
}

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
