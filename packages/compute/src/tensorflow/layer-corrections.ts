// Layers of tf.js that it takes and then refuses, made right in captures and outside of them: causal padding of conv1d,
// training of a dilated conv2d, and of a layer normalisation that does not scale or does not centre.
import * as tf from '#tfjs-core';
import * as tfl from '#tfjs-layers';

/** What this file needs of tf.js's layers, whose classes and fields are not public. */
interface Convolution {
  readonly padding: string;
  readonly dataFormat: string;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly kernel: tfl.LayerVariable;
  readonly bias: tfl.LayerVariable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: unknown): tf.Tensor;
  computeOutputShape(inputShape: tfl.Shape): tfl.Shape;
}

/** What this file needs of LayerNormalization. */
interface Normalization {
  readonly axis: readonly number[];
  readonly scale: boolean;
  readonly center: boolean;
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: unknown): tf.Tensor;
}

/** Corrects the classes of tf.js; called once, as tf.js is loaded. */
export function correctLayers(): void {
  padCausally(prototypeOf(tfl.layers.conv1d({ filters: 1, kernelSize: 1 })));
  dilateUnfused(prototypeOf(tfl.layers.conv2d({ filters: 1, kernelSize: 1 })));
  scaleAndOffset(prototypeOf(tfl.layers.layerNormalization()));
}

function prototypeOf<T>(layer: tfl.layers.Layer): T {
  return Object.getPrototypeOf(layer) as T;
}

/**
 * Zeros in front, so that no output sees a later input (van den Oord et al., "WaveNet", 2016, §2.1). As in Keras, the
 * output is as long as with padding 'same'.
 */
function padCausally(conv1d: Convolution): void {
  const { call, computeOutputShape } = conv1d;
  conv1d.call = function (inputs, kwargs) {
    if (this.padding !== 'causal') return call.call(this, inputs, kwargs);
    return call.call(withPadding(this, 'valid'), zerosInFront(firstOf(inputs), this), kwargs);
  };
  conv1d.computeOutputShape = function (inputShape) {
    const padding = this.padding === 'causal' ? 'same' : this.padding;
    return computeOutputShape.call(withPadding(this, padding), inputShape);
  };
}

/** The layer as it is, except for its padding. */
function withPadding(layer: Convolution, padding: string): Convolution {
  return Object.create(layer, { padding: { value: padding } }) as Convolution;
}

function zerosInFront(x: tf.Tensor, { kernelSize, dilationRate, dataFormat }: Convolution): tf.Tensor {
  const time = dataFormat === 'channelsFirst' ? 2 : 1;
  const zeros = ((kernelSize[0] as number) - 1) * (dilationRate[0] as number);
  return tf.pad(
    x,
    x.shape.map((_, axis): [number, number] => (axis === time ? [zeros, 0] : [0, 0])),
  );
}

/**
 * tf.js fuses convolution, bias and activation, and refuses the gradient of what it fused; apart they have gradients.
 */
function dilateUnfused(conv2d: Convolution): void {
  const { call } = conv2d;
  conv2d.call = function (inputs, kwargs) {
    if (this.dilationRate.every((rate) => rate === 1)) return call.call(this, inputs, kwargs);
    return tf.tidy(() => {
      const isChannelsFirst = this.dataFormat === 'channelsFirst';
      const x = firstOf(inputs);
      const product = tf.conv2d(
        (isChannelsFirst ? tf.transpose(x, [0, 2, 3, 1]) : x) as tf.Tensor4D,
        this.kernel.read() as tf.Tensor4D,
        this.strides as [number, number],
        this.padding as 'same' | 'valid',
        'NHWC',
        this.dilationRate as [number, number],
      );
      const sum = this.bias === null ? product : tf.add(product, this.bias.read());
      const y = this.activation === null ? sum : this.activation.apply(sum);
      return isChannelsFirst ? tf.transpose(y, [0, 3, 1, 2]) : y;
    });
  };
}

/** The gradient of tf.js's normalisation needs a scale and an offset. */
function scaleAndOffset(normalization: Normalization): void {
  const { call } = normalization;
  normalization.call = function (inputs, kwargs) {
    if (this.scale && this.center) return call.call(this, inputs, kwargs);
    const shape = this.axis.map((axis) => firstOf(inputs).shape[axis] as number);
    const complete = Object.create(this, {
      ...(this.scale ? {} : { scale: { value: true }, gamma: { value: { read: () => tf.ones(shape) } } }),
      ...(this.center ? {} : { center: { value: true }, beta: { value: { read: () => tf.zeros(shape) } } }),
    }) as Normalization;
    return call.call(complete, inputs, kwargs);
  };
}

function firstOf(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
}
