// Contract cases of products, convolutions, pools and resizing, with the kernels of their gradients.
import * as tf from '../../tensorflow/tf.js';
import type { Draw } from '../drawing/draw.js';
import { type KernelCase, ofOne } from '../drawing/kernel-case.js';

const matMul: KernelCase = (draw) => {
  const batch = draw.coin() ? [draw.int(1, 3)] : [];
  const [rows, inner, columns] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4)];
  const [transposeA, transposeB] = [draw.coin(), draw.coin()];
  const a = transposeA ? [inner, rows] : [rows, inner];
  const b = transposeB ? [columns, inner] : [inner, columns];
  return {
    inputs: [draw.floats([...batch, ...a]), draw.floats([...batch, ...b])],
    body: ([x, y]) => tf.matMul(x as tf.Tensor, y as tf.Tensor, transposeA, transposeB),
  };
};

interface DrawnConvolution {
  readonly x: number[];
  readonly filter: number[];
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
}

function convolution(draw: Draw, channels: number, outputs: number): DrawnConvolution {
  return {
    x: [draw.int(1, 2), draw.int(5, 7), draw.int(5, 7), channels],
    filter: [draw.int(1, 3), draw.int(1, 3), channels, outputs],
    strides: [draw.int(1, 2), draw.int(1, 2)],
    pad: draw.pick(['same', 'valid'] as const),
  };
}

type Convolve = typeof tf.conv2d | typeof tf.depthwiseConv2d;

/** tf.js has strides or dilations, not both. */
const convolved =
  (convolve: Convolve): KernelCase =>
  (draw) => {
    const { x, filter, strides, pad } = convolution(draw, draw.int(1, 3), draw.int(1, 3));
    const dilations: [number, number] = Math.max(...strides) > 1 ? [1, 1] : [draw.int(1, 2), 2];
    return {
      inputs: [draw.floats(x), draw.floats(filter)],
      body: ([image, kernel]) =>
        convolve(image as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad, 'NHWC', dilations),
    };
  };

/** The gradients of a convolution, with respect to its image and its filter. */
const convolutionGradients =
  (convolve: Convolve): KernelCase =>
  (draw) => {
    const { x, filter, strides, pad } = convolution(draw, draw.int(1, 3), draw.int(1, 3));
    return {
      inputs: [draw.floats(x), draw.floats(filter)],
      body: ([image, kernel]) =>
        tf.grads((i: tf.Tensor, k: tf.Tensor) =>
          tf.square(convolve(i as tf.Tensor4D, k as tf.Tensor4D, strides, pad)),
        )([image as tf.Tensor, kernel as tf.Tensor]),
      differentiable: false,
    };
  };

/** A transposed convolution: the gradient of one by its image, of which tf.js knows the gradient too. */
const transposed: KernelCase = (draw) => {
  const { x, filter, strides, pad } = convolution(draw, draw.int(1, 3), draw.int(1, 3));
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    1,
    pad,
  );
  return {
    inputs: [draw.floats(outShape), draw.floats(filter)],
    body: ([dy, kernel]) =>
      tf.conv2dTranspose(
        dy as tf.Tensor4D,
        kernel as tf.Tensor4D,
        x as [number, number, number, number],
        strides,
        pad,
      ),
  };
};

type Pool = typeof tf.maxPool;

const pooled =
  (pool: Pool, gradient: boolean): KernelCase =>
  (draw) => {
    const shape = [draw.int(1, 2), draw.int(4, 7), draw.int(4, 7), draw.int(1, 3)];
    const size: [number, number] = [draw.int(1, 3), draw.int(2, 3)];
    const strides: [number, number] = [draw.int(1, 2), draw.int(1, 2)];
    const pad = draw.pick(['same', 'valid'] as const);
    const apply = (x: tf.Tensor): tf.Tensor => pool(x as tf.Tensor4D, size, strides, pad);
    return {
      inputs: [draw.distinct(shape)],
      body: ([x]) =>
        gradient ? tf.grad((y: tf.Tensor) => tf.square(apply(y)))(x as tf.Tensor) : apply(x as tf.Tensor),
      differentiable: !gradient,
    };
  };

type Resize = typeof tf.image.resizeBilinear;

const resized =
  (resize: Resize): KernelCase =>
  (draw) => {
    const shape = [draw.int(1, 2), draw.int(2, 4), draw.int(2, 4), draw.int(1, 2)];
    const size: [number, number] = [(shape[1] as number) * 2, (shape[2] as number) * 3];
    const halfPixelCenters = draw.coin();
    return {
      inputs: [draw.floats(shape)],
      body: ([x]) => resize(x as tf.Tensor4D, size, false, halfPixelCenters),
    };
  };

const eluGradient: KernelCase = (draw) => ({
  inputs: [draw.floats(draw.shape())],
  body: ([x]) => tf.grad((y: tf.Tensor) => tf.elu(y))(x as tf.Tensor),
  differentiable: false,
});

export const neuralCases = {
  AvgPool: pooled(tf.avgPool as Pool, false),
  AvgPoolGrad: pooled(tf.avgPool as Pool, true),
  BatchMatMul: matMul,
  Conv2D: convolved(tf.conv2d),
  Conv2DBackpropFilter: convolutionGradients(tf.conv2d),
  Conv2DBackpropInput: transposed,
  DepthwiseConv2dNative: convolved(tf.depthwiseConv2d),
  DepthwiseConv2dNativeBackpropFilter: convolutionGradients(tf.depthwiseConv2d),
  DepthwiseConv2dNativeBackpropInput: convolutionGradients(tf.depthwiseConv2d),
  EluGrad: eluGradient,
  MaxPool: pooled(tf.maxPool, false),
  MaxPoolGrad: pooled(tf.maxPool, true),
  ResizeBilinear: resized(tf.image.resizeBilinear),
  ResizeNearestNeighbor: resized(tf.image.resizeNearestNeighbor),
  Softmax: ofOne((x) => tf.softmax(x)),
} satisfies Record<string, KernelCase>;
