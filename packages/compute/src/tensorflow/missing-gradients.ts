// Gradients that tf.js does not have: of running products, of the largest elements, of picking and scattering by
// positions, and of transposed convolutions of volumes.

import * as tf from '#tfjs-core';
import { frontAxis } from './kernel-call.js';

/**
 * The gradient goes through the product by doubling: y ← y · (y moved by 1, 2, 4, … places). Quotients of the result,
 * which are cheaper, would fail at zeros.
 */
const runningProduct: tf.GradConfig = {
  kernelName: tf.Cumprod,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const { axis, exclusive, reverse } = attrs as unknown as tf.CumprodAttrs;
    const front = frontAxis(axis, x.rank);
    const ahead = (each: tf.Tensor, places: number): tf.Tensor => moved(each, front, places, reverse, 1);
    const back = (each: tf.Tensor, places: number): tf.Tensor => moved(each, front, places, !reverse, 0);
    return {
      x: () => {
        const running = [exclusive ? ahead(x, 1) : x];
        for (let places = 1; places < (x.shape[front] as number); places *= 2) {
          const last = running.at(-1) as tf.Tensor;
          running.push(tf.mul(last, ahead(last, places)));
        }
        let gradient = dy as tf.Tensor;
        for (let step = running.length - 2; step >= 0; step--) {
          const [factor, places] = [running[step] as tf.Tensor, 2 ** step];
          gradient = tf.add(tf.mul(gradient, ahead(factor, places)), back(tf.mul(gradient, factor), places));
        }
        return exclusive ? back(gradient, 1) : gradient;
      },
    };
  },
};

/** `x` moved along an axis towards its end (or, reversed, its start); `entering` enters. */
function moved(x: tf.Tensor, axis: number, places: number, reverse: boolean, entering: number): tf.Tensor {
  const kept = (x.shape[axis] as number) - places;
  if (kept <= 0) return tf.fill(x.shape, entering);
  const begin = x.shape.map((_, each) => (each === axis && reverse ? places : 0));
  const size = x.shape.map((whole, each) => (each === axis ? kept : whole));
  const paddings = x.shape.map((_, each): [number, number] => {
    if (each !== axis) return [0, 0];
    return reverse ? [0, places] : [places, 0];
  });
  return tf.pad(tf.slice(x, begin, size), paddings, entering);
}

/** The gradient of each of the k values goes to where it stood. */
const largest: tf.GradConfig = {
  kernelName: tf.TopK,
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved) => {
    const [x, positions] = saved as [tf.Tensor, tf.Tensor];
    const [dy] = dys as tf.Tensor[];
    return {
      x: () => {
        const places = tf.oneHot(positions as tf.Tensor1D, x.shape.at(-1) as number, 1, 0, 'float32');
        return tf.sum(tf.mul(tf.expandDims(dy as tf.Tensor, -1), places), -2);
      },
    };
  },
};

const picked: tf.GradConfig = {
  kernelName: tf.GatherNd,
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, saved) => {
    const [params, indices] = saved as [tf.Tensor, tf.Tensor];
    return {
      params: () => tf.scatterND(indices, dy as tf.Tensor, params.shape),
      indices: () => tf.zeros(indices.shape),
    };
  },
};

const scattered: tf.GradConfig = {
  kernelName: tf.ScatterNd,
  inputsToSave: ['indices'],
  gradFunc: (dy, saved) => {
    const [indices] = saved as [tf.Tensor];
    return {
      indices: () => tf.zeros(indices.shape),
      updates: () => tf.gatherND(dy as tf.Tensor, indices),
    };
  },
};

/** Of transposed convolutions of volumes: linear in both, as the convolution that they transpose. */
const transposedVolumes: tf.GradConfig = {
  kernelName: tf.Conv3DBackpropInputV2,
  inputsToSave: ['dy', 'filter'],
  gradFunc: (gradient, saved, attrs) => {
    const [dy, filter] = saved as [tf.Tensor5D, tf.Tensor5D];
    const { strides, pad } = attrs as unknown as tf.Conv3DBackpropInputV2Attrs;
    const x = gradient as tf.Tensor5D;
    const attributes = { strides, pad, filterShape: filter.shape } as unknown as tf.NamedAttrMap;
    return {
      dy: () => tf.conv3d(x, filter, strides as number, pad as 'same'),
      filter: () => tf.engine().runKernel<tf.Tensor>(tf.Conv3DBackpropFilterV2, { x, dy }, attributes),
    };
  },
};

export const missingGradients: readonly tf.GradConfig[] = [
  runningProduct,
  largest,
  picked,
  scattered,
  transposedVolumes,
];
