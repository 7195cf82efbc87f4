// Gradients of average pools. At the edges of `same` padding an average is over fewer elements than the window has, but
// the kernels of tf.js's gradients divide by the whole window all the same: dy is scaled before they get it.
import * as tf from '#tfjs-core';

const images: tf.GradConfig = {
  kernelName: tf.AvgPool,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor4D];
    const { filterSize, strides, pad } = attrs as unknown as tf.AvgPoolAttrs;
    const window = tf.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad);
    const rows = rowShares(window);
    const columns = columnShares(window);
    const scale = rows.map((row) => columns.map((column) => [1 / (row * column)]));
    return { x: () => spread(tf.AvgPoolGrad, dy as tf.Tensor, x, tf.tensor3d(scale), attrs) };
  },
};

const volumes: tf.GradConfig = {
  kernelName: tf.AvgPool3D,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor5D];
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.AvgPool3DAttrs;
    const window = tf.backend_util.computePool3DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    return { x: () => spread(tf.AvgPool3DGrad, dy as tf.Tensor, x, volumeScale(window), attrs) };
  },
};

export const averagePools: readonly tf.GradConfig[] = [images, volumes];

function spread(
  kernel: string,
  dy: tf.Tensor,
  input: tf.Tensor,
  scale: tf.Tensor,
  attrs: tf.NamedAttrMap,
): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, { dy: tf.mul(dy, scale), input }, attrs);
}

type ImageWindow = Pick<
  ReturnType<typeof tf.backend_util.computePool2DInfo>,
  | 'outHeight'
  | 'strideHeight'
  | 'filterHeight'
  | 'inHeight'
  | 'outWidth'
  | 'strideWidth'
  | 'filterWidth'
  | 'inWidth'
> & { readonly padInfo: { readonly top: number; readonly left: number } };

type VolumeWindow = ReturnType<typeof tf.backend_util.computePool3DInfo>;

/** [outD, outH, outW, 1]: the size of the window over how many of its elements lie inside of the volume. */
export function volumeScale(window: VolumeWindow): tf.Tensor4D {
  const { outDepth, strideDepth, filterDepth, padInfo, inDepth } = window;
  const planes = shares(outDepth, strideDepth, filterDepth, padInfo.front, inDepth);
  const rows = rowShares(window);
  const columns = columnShares(window);
  return tf.tensor4d(
    planes.map((plane) => rows.map((row) => columns.map((column) => [1 / (plane * row * column)]))),
  );
}

function rowShares({ outHeight, strideHeight, filterHeight, padInfo, inHeight }: ImageWindow): number[] {
  return shares(outHeight, strideHeight, filterHeight, padInfo.top, inHeight);
}

function columnShares({ outWidth, strideWidth, filterWidth, padInfo, inWidth }: ImageWindow): number[] {
  return shares(outWidth, strideWidth, filterWidth, padInfo.left, inWidth);
}

/** For each window along one axis, the share of it that lies inside. */
function shares(windows: number, stride: number, filter: number, padding: number, size: number): number[] {
  return Array.from({ length: windows }, (_, window) => {
    const start = window * stride - padding;
    return (Math.min(start + filter, size) - Math.max(start, 0)) / filter;
  });
}
