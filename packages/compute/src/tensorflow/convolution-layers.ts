// Convolution layers of tf.js that it takes and then refuses: causal padding of conv1d, and training of a dilated conv2d.
// Mended in captures and outside of them.
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

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

export function mendConvolutionLayers(): void {
  padCausally(prototypeOf(tfl.layers.conv1d({ filters: 1, kernelSize: 1 })));
  dilateUnfused(prototypeOf(tfl.layers.conv2d({ filters: 1, kernelSize: 1 })));
}

function prototypeOf(layer: tfl.layers.Layer): Convolution {
  return Object.getPrototypeOf(layer) as Convolution;
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

/** The layer as it is, but for its padding. */
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

/** tf.js fuses convolution, bias and activation, and refuses the gradient of what it fused; apart they have gradients. */
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

function firstOf(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
}
