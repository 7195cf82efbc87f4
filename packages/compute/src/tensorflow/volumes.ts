// Volumes [N, D, H, W, C]: convolutions and pools in three dimensions as those of images, one for each place in the
// depth of the window. Padding is put around the volume first, so that images have none of their own.
import * as tf from '#tfjs-core';
import { volumeScale } from './average-pools.js';
import { attributesOf, type Call, type Composite, tensorOf } from './kernel-call.js';

type Triple = [number, number, number];
type Volume = [number, number, number, number, number];
type Window = ReturnType<typeof tf.backend_util.computeConv3DInfo>;

interface WindowAttributes {
  readonly filterSize: Triple | number;
  readonly strides: Triple | number;
  readonly dilations?: Triple | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function convolutionWindow(call: Call, shape: readonly number[], filter: readonly number[]): Window {
  const { strides, dilations, pad } = attributesOf<WindowAttributes>(call);
  return tf.backend_util.computeConv3DInfo(
    [...shape] as Volume,
    [...filter] as Volume,
    strides,
    dilations ?? 1,
    pad as 'same',
  );
}

function poolingWindow(call: Call, shape: readonly number[]): Window {
  const { filterSize, strides, pad, dimRoundingMode } = attributesOf<WindowAttributes>(call);
  return tf.backend_util.computePool3DInfo(
    [...shape] as Volume,
    filterSize,
    strides,
    1,
    pad as 'same',
    dimRoundingMode,
  );
}

/** The shape of a volume with its padding. */
function paddedShape({ batchSize, inDepth, inHeight, inWidth, inChannels, padInfo }: Window): Volume {
  const { front, back, top, bottom, left, right } = padInfo;
  return [batchSize, inDepth + front + back, inHeight + top + bottom, inWidth + left + right, inChannels];
}

function padded(x: tf.Tensor, { padInfo }: Window, value = 0): tf.Tensor {
  const { front, back, top, bottom, left, right } = padInfo;
  const sides: [number, number][] = [
    [0, 0],
    [front, back],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad(x, sides, value);
}

function withoutPadding(x: tf.Tensor, { padInfo, ...window }: Window): tf.Tensor {
  const begin = [0, padInfo.front, padInfo.top, padInfo.left, 0];
  const { batchSize, inDepth, inHeight, inWidth, inChannels } = window;
  return tf.slice(x, begin, [batchSize, inDepth, inHeight, inWidth, inChannels]);
}

/** For each place in the depth of the window: what all windows see there, [N, outD, …]. */
function layers(x: tf.Tensor, window: Window): readonly tf.Tensor[] {
  const { outDepth, strideDepth, dilationDepth } = window;
  return Array.from({ length: window.filterDepth }, (_, place) => {
    const first = place * dilationDepth;
    if (strideDepth === 1) {
      const begin = x.shape.map((_size, axis) => (axis === 1 ? first : 0));
      return tf.slice(
        x,
        begin,
        x.shape.map((size, axis) => (axis === 1 ? outDepth : size)),
      );
    }
    const seen = Array.from({ length: outDepth }, (_step, at) => first + at * strideDepth);
    return tf.gather(x, tf.tensor1d(seen, 'int32'), 1);
  });
}

/** The other way: the sum of what each place sends back, in a volume of the given depth. */
function gathered(parts: readonly tf.Tensor[], depth: number, window: Window): tf.Tensor {
  const { outDepth, strideDepth, dilationDepth } = window;
  const room = Math.max(depth, (window.filterDepth - 1) * dilationDepth + outDepth * strideDepth);
  const spread = parts.map((part, place) => {
    const [batch = 0, , ...rest] = part.shape;
    const cells = tf.reshape(part, [batch, outDepth, 1, ...rest]);
    const apart = tf.pad(cells, sidesOf(cells, 2, 0, strideDepth - 1));
    const field = tf.reshape(apart, [batch, outDepth * strideDepth, ...rest]);
    const before = place * dilationDepth;
    return tf.pad(field, sidesOf(field, 1, before, room - before - outDepth * strideDepth));
  });
  const sum = spread.reduce((total, each) => tf.add(total, each));
  return tf.slice(
    sum,
    sum.shape.map(() => 0),
    sum.shape.map((size, axis) => (axis === 1 ? depth : size)),
  );
}

function sidesOf(x: tf.Tensor, padded: number, before: number, after: number): [number, number][] {
  return x.shape.map((_, axis) => (axis === padded ? [before, after] : [0, 0]));
}

/** [N, D, H, W, C] as [N · D, H, W, C]. */
function images(x: tf.Tensor): tf.Tensor4D {
  const [batch = 0, depth = 0, height = 0, width = 0, channels = 0] = x.shape;
  return tf.reshape(x, [batch * depth, height, width, channels]);
}

/** As `images`, the other way. */
function volume(x: tf.Tensor, depth: number): tf.Tensor {
  const [all = 0, ...rest] = x.shape;
  return tf.reshape(x, [all / depth, depth, ...rest]);
}

const strides2 = ({ strideHeight, strideWidth }: Window): [number, number] => [strideHeight, strideWidth];

/** The filter of each place in depth: [H, W, I, O]. */
function filters(filter: tf.Tensor): readonly tf.Tensor4D[] {
  return tf.unstack(filter) as tf.Tensor4D[];
}

export const conv3d: Composite = (call) => {
  const filter = tensorOf(call, 'filter');
  const window = convolutionWindow(call, tensorOf(call, 'x').shape, filter.shape);
  const seen = layers(padded(tensorOf(call, 'x'), window), window);
  const dilations: [number, number] = [window.dilationHeight, window.dilationWidth];
  const sum = filters(filter)
    .map((each, place) =>
      tf.conv2d(images(seen[place] as tf.Tensor), each, strides2(window), 'valid', 'NHWC', dilations),
    )
    .reduce((total, each) => tf.add(total, each));
  return volume(sum, window.outDepth);
};

export const conv3dBackpropInput: Composite = (call) => {
  const { inputShape } = attributesOf<{ inputShape: Volume }>(call);
  const filter = tensorOf(call, 'filter');
  const window = convolutionWindow(call, inputShape, filter.shape);
  const [batch, depth, height, width, channels] = paddedShape(window);
  const attributes = { strides: strides2(window), pad: 'valid', dataFormat: 'NHWC' };
  const dy = images(tensorOf(call, 'dy'));
  const parts = filters(filter).map((each) => {
    const shape = [batch * window.outDepth, height, width, channels];
    const inputs = { dy, filter: each };
    const dx = tf.engine().runKernel<tf.Tensor>(tf.Conv2DBackpropInput, inputs, {
      ...attributes,
      inputShape: shape,
    });
    return volume(dx, window.outDepth);
  });
  return withoutPadding(gathered(parts, depth, window), window);
};

export const conv3dBackpropFilter: Composite = (call) => {
  const { filterShape } = attributesOf<{ filterShape: Volume }>(call);
  const window = convolutionWindow(call, tensorOf(call, 'x').shape, filterShape);
  const dy = images(tensorOf(call, 'dy'));
  const attributes = { strides: strides2(window), pad: 'valid', dataFormat: 'NHWC' };
  return tf.stack(
    layers(padded(tensorOf(call, 'x'), window), window).map((seen) =>
      tf
        .engine()
        .runKernel<tf.Tensor>(
          tf.Conv2DBackpropFilter,
          { x: images(seen), dy },
          { ...attributes, filterShape: filterShape.slice(1) },
        ),
    ),
  );
};

/** Attributes of the pools of images. */
function poolAttributes(window: Window): tf.NamedAttrMap {
  const filterSize = [window.filterHeight, window.filterWidth];
  return { filterSize, strides: strides2(window), pad: 'valid' };
}

/** Each image pooled, [N, D with padding, outH, outW, C]. */
function pooledImages(kernel: string, x: tf.Tensor, window: Window): tf.Tensor {
  const pooled = tf.engine().runKernel<tf.Tensor>(kernel, { x: images(x) }, poolAttributes(window));
  return volume(pooled, x.shape[1] as number);
}

/** Of float32; padding is never the largest. */
const LEAST = -3.4028234663852886e38;

export const maxPool3d: Composite = (call) => {
  const window = poolingWindow(call, tensorOf(call, 'x').shape);
  const pooled = pooledImages(tf.MaxPool, padded(tensorOf(call, 'x'), window, LEAST), window);
  return layers(pooled, window).reduce((largest, each) => tf.maximum(largest, each));
};

/** The mean over the whole window, corrected at the edges, where padding does not count. */
export const avgPool3d: Composite = (call) => {
  const window = poolingWindow(call, tensorOf(call, 'x').shape);
  const pooled = pooledImages(tf.AvgPool, padded(tensorOf(call, 'x'), window), window);
  const sum = layers(pooled, window).reduce((total, each) => tf.add(total, each));
  return tf.mul(tf.div(sum, window.filterDepth), volumeScale(window));
};

/**
 * As the kernel of tf.js: each element of a window, also of one that hangs over the edge, gets dy over its whole size.
 */
export const avgPool3dGrad: Composite = (call) => {
  const { shape } = tensorOf(call, 'input');
  const window = poolingWindow(call, shape);
  const [batch, depth, height, width, channels] = paddedShape(window);
  const part = tf.div(tensorOf(call, 'dy'), window.filterDepth);
  const dy = gathered(new Array<tf.Tensor>(window.filterDepth).fill(part), depth, window);
  const inputs = { dy: images(dy), input: tf.zeros([batch * depth, height, width, channels]) };
  const dx = tf.engine().runKernel<tf.Tensor>(tf.AvgPoolGrad, inputs, poolAttributes(window));
  return withoutPadding(volume(dx, depth), window);
};

/**
 * The gradient of a max pool: dy goes to the first image that has the maximum, and there where the pool of images sends
 * it. (tf.js's cpu kernel goes wrong where the window is not as high as wide.)
 */
export const maxPool3dGradient: tf.GradConfig = {
  kernelName: tf.MaxPool3D,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [input, output] = saved as [tf.Tensor, tf.Tensor];
    return { x: () => spreadToLargest(dy as tf.Tensor, input, output, attrs) };
  },
};

function spreadToLargest(
  dy: tf.Tensor,
  input: tf.Tensor,
  output: tf.Tensor,
  attrs: tf.NamedAttrMap,
): tf.Tensor {
  const window = poolingWindow({ inputs: {}, attrs }, input.shape);
  const x = padded(input, window, LEAST);
  const depth = x.shape[1] as number;
  const pooled = pooledImages(tf.MaxPool, x, window);
  let left = dy;
  const parts = layers(pooled, window).map((each) => {
    const part = tf.mul(left, tf.cast(tf.equal(each, output), 'float32'));
    left = tf.sub(left, part);
    return part;
  });
  const inputs = { dy: images(gathered(parts, depth, window)), input: images(x), output: images(pooled) };
  const dx = tf.engine().runKernel<tf.Tensor>(tf.MaxPoolGrad, inputs, poolAttributes(window));
  return withoutPadding(volume(dx, depth), window);
}
