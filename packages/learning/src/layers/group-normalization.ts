// Group normalisation (Wu, He, "Group Normalization", ECCV 2018), which tf.js layers lack: the norm of choice where
// clients' data differ, since it does not look across the examples of a batch (Hsieh, Phanishayee, Mutlu, Gibbons, "The
// Non-IID Data Quagmire of Decentralized Machine Learning", ICML 2020).
import { tf, tfl } from '@starling/compute';
import { checkOptions, count, optionError } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';

export interface GroupNormalizationOptions {
  /** Into how many groups the channels are cut, at least 1; 32 by default. */
  readonly groups?: number;
  /** Added to the variance, at least 0; 0.001 by default. */
  readonly epsilon?: number;
  /** Of an example, where this is the first layer of a model. */
  readonly inputShape?: number[];
  /** Of the layer; made up by tf.js by default. */
  readonly name?: string;
}

/**
 * A layer that normalises each example over the places and channels of each group of channels, then scales and shifts
 * each channel. Channels are the last axis. Throws a `RangeError` when the groups do not divide them,
 * or an option is out of its range.
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): tfl.layers.Layer {
  checkOptions('Cannot normalise groups', options, {
    groups: true,
    epsilon: true,
    inputShape: true,
    name: true,
  });
  return new GroupNormalization(options);
}

class GroupNormalization extends tfl.layers.Layer {
  static readonly className = 'GroupNormalization';
  readonly #groups: number;
  readonly #epsilon: number;
  #gamma: tfl.LayerVariable | null = null;
  #beta: tfl.LayerVariable | null = null;

  constructor(options: GroupNormalizationOptions) {
    super(options);
    const { groups = 32, epsilon = 1e-3 } = options;
    count('Cannot normalise groups', 'groups', groups);
    nonNegative('Cannot normalise groups', 'epsilon', epsilon);
    this.#groups = groups;
    this.#epsilon = epsilon;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tfl.Shape;
    const channels = shape.at(-1);
    if (typeof channels !== 'number' || channels % this.#groups !== 0) {
      throw optionError(
        `Cannot normalise groups: the number of channels must be a multiple of ${this.#groups} groups, got ${channels}`,
      );
    }
    this.#gamma = this.addWeight('gamma', [channels], 'float32', tfl.initializers.ones());
    this.#beta = this.addWeight('beta', [channels], 'float32', tfl.initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    const { gamma, beta } = { gamma: this.#gamma, beta: this.#beta };
    if (gamma === null || beta === null) throw new Error('Cannot call a layer before it is built');
    const batch = x.shape[0] as number;
    const channels = x.shape.at(-1) as number;
    const grouped = tf.reshape(x, [batch, -1, this.#groups, channels / this.#groups]);
    const mean = tf.mean(grouped, [1, 3], true);
    const centred = tf.sub(grouped, mean);
    const variance = tf.mean(tf.square(centred), [1, 3], true);
    const normal = tf.div(centred, tf.sqrt(tf.add(variance, this.#epsilon)));
    return tf.add(tf.mul(tf.reshape(normal, x.shape), gamma.read()), beta.read());
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.#groups, epsilon: this.#epsilon };
  }
}

tf.serialization.registerClass(GroupNormalization as never);
