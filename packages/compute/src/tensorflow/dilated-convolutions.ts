// Gradients of dilated convolutions (Yu, Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016),
// which tf.js refuses. It allows strides or dilations, not both, so that these convolutions walk every place: the
// gradient by the image is a convolution of dy, dilated alike, with the filter turned about; the gradient by the filter
// is, for each place in the filter, a product of what the windows see there with dy.
import * as tf from '#tfjs-core';

type Window = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** The gradient of a convolution: tf.js's own kernels where nothing is dilated. */
function convolution(
  kernelName: string,
  gradientKernels: { readonly x: string; readonly filter: string },
  dilated: { readonly x: Gradient; readonly filter: Gradient },
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x', 'filter'],
    gradFunc: (dys, saved, attrs) => {
      const { strides, dilations, pad, dimRoundingMode } = attrs as unknown as tf.Conv2DAttrs;
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const dy = dys as tf.Tensor4D;
      const window = tf.backend_util.computeConv2DInfo(
        x.shape,
        filter.shape,
        strides,
        dilations ?? 1,
        pad,
        dimRoundingMode,
        kernelName === tf.DepthwiseConv2dNative,
      );
      if (window.dilationHeight > 1 || window.dilationWidth > 1) {
        const call = { dy, x, filter, window };
        return { x: () => dilated.x(call), filter: () => dilated.filter(call) };
      }
      const run = (kernel: string, inputs: tf.NamedTensorMap, shape: tf.NamedAttrMap): tf.Tensor =>
        tf.engine().runKernel(kernel, inputs, { ...attrs, dilations: [1, 1], ...shape });
      return {
        x: () => run(gradientKernels.x, { dy, filter }, { inputShape: x.shape }),
        filter: () => run(gradientKernels.filter, { x, dy }, { filterShape: filter.shape }),
      };
    },
  };
}

interface Call {
  readonly dy: tf.Tensor4D;
  readonly x: tf.Tensor4D;
  readonly filter: tf.Tensor4D;
  readonly window: Window;
}

type Gradient = (call: Call) => tf.Tensor;

/** dy with as many zeros around it as a window reaches out. */
function surrounded({ dy, window }: Call): tf.Tensor4D {
  const rows = window.effectiveFilterHeight - 1;
  const columns = window.effectiveFilterWidth - 1;
  return tf.pad(dy, [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ]);
}

/** The gradient by the image as it was padded, cut to the image. */
function withoutPadding(gradient: tf.Tensor4D, { x, window }: Call): tf.Tensor {
  return tf.slice(gradient, [0, window.padInfo.top, window.padInfo.left, 0], x.shape);
}

const dilationsOf = ({ window }: Call): [number, number] => [window.dilationHeight, window.dilationWidth];

const byImage: Gradient = (call) => {
  const turned = tf.transpose(tf.reverse(call.filter, [0, 1]), [0, 1, 3, 2]);
  return withoutPadding(tf.conv2d(surrounded(call), turned, 1, 'valid', 'NHWC', dilationsOf(call)), call);
};

/** Each output channel convolved with its own filter goes back to the input channel it came from. */
const byImageDepthwise: Gradient = (call) => {
  const { filter, dy } = call;
  const [height, width, channels, multiplier] = filter.shape;
  const turned = tf.reshape(tf.reverse(filter, [0, 1]), [height, width, channels * multiplier, 1]);
  const each = tf.depthwiseConv2d(
    surrounded(call),
    turned as tf.Tensor4D,
    1,
    'valid',
    'NHWC',
    dilationsOf(call),
  );
  const [, rows, columns] = each.shape;
  const shape = [dy.shape[0], rows, columns, channels, multiplier];
  return withoutPadding(tf.sum(tf.reshape(each, shape), -1) as tf.Tensor4D, call);
};

/** For each place in the filter, row by row: what all windows see there, [N, outH, outW, channels]. */
function seenBy({ x, window }: Call): readonly tf.Tensor[] {
  const { top, bottom, left, right } = window.padInfo;
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const size = [window.batchSize, window.outHeight, window.outWidth, window.inChannels];
  return Array.from({ length: window.filterHeight * window.filterWidth }, (_, place) => {
    const row = Math.floor(place / window.filterWidth) * window.dilationHeight;
    const column = (place % window.filterWidth) * window.dilationWidth;
    return tf.slice(padded, [0, row, column, 0], size);
  });
}

const byFilter: Gradient = (call) => {
  const { dy, filter, window } = call;
  const seen = tf.concat([...seenBy(call)], -1);
  const rows = tf.reshape(seen, [-1, seen.shape.at(-1) as number]);
  return tf.reshape(tf.matMul(rows, tf.reshape(dy, [-1, window.outChannels]), true), filter.shape);
};

const byFilterDepthwise: Gradient = (call) => {
  const { dy, filter, window } = call;
  const places = [window.batchSize, window.outHeight, window.outWidth, window.inChannels];
  const apart = tf.reshape(dy, [...places, -1]);
  const sums = seenBy(call).map((seen) => tf.sum(tf.mul(tf.expandDims(seen, -1), apart), [0, 1, 2]));
  return tf.reshape(tf.stack(sums), filter.shape);
};

export const dilatedConvolutions: readonly tf.GradConfig[] = [
  convolution(
    tf.Conv2D,
    { x: tf.Conv2DBackpropInput, filter: tf.Conv2DBackpropFilter },
    { x: byImage, filter: byFilter },
  ),
  convolution(
    tf.DepthwiseConv2dNative,
    { x: tf.DepthwiseConv2dNativeBackpropInput, filter: tf.DepthwiseConv2dNativeBackpropFilter },
    { x: byImageDepthwise, filter: byFilterDepthwise },
  ),
];
