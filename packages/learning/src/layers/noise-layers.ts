// The layers of tf.js that add noise in training, with numbers from the seed of the call: tf.js draws theirs in
// JavaScript, where a capture would freeze them. Formulas as in tf.js; alpha dropout: Klambauer, Unterthiner, Mayr,
// Hochreiter, "Self-Normalizing Neural Networks", NeurIPS 2017, equations 8 to 10.
import { random, tf } from '@starling/compute';
import type { StandIns } from './layer-stand-ins.js';

/** Scale and α of SELU; their product, with its sign turned, is what alpha dropout sets elements to. */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** Stand-ins for GaussianNoise, GaussianDropout and AlphaDropout while training. */
export const noiseLayers: StandIns = {
  GaussianNoise: (layer, x) => {
    const { stddev } = layer as unknown as { readonly stddev: number };
    return tf.add(x, random.normal(x.shape, 0, stddev));
  },
  GaussianDropout: (layer, x) => {
    const { rate } = layer as unknown as { readonly rate: number };
    return tf.mul(x, random.normal(x.shape, 1, Math.sqrt(rate / (1 - rate))));
  },
  AlphaDropout: (layer, x) => {
    const { rate } = layer as unknown as { readonly rate: number };
    if (rate === 0) return x;
    const dropped = -SELU_SCALE * SELU_ALPHA;
    const kept = random.bernoulli(x.shape, 1 - rate);
    // Scaled and shifted so that mean 0 and variance 1 stay what they are.
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * dropped ** 2));
    const values = tf.add(tf.mul(x, kept), tf.mul(tf.sub(1, kept), dropped));
    return tf.add(tf.mul(values, scale), -scale * dropped * rate);
  },
};
