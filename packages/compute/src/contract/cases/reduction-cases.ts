// Contract cases of the kernels that reduce along axes, and of those that pick or accumulate along one.
import type { ReductionKernel } from '../../graph/kernels.js';
import * as tf from '../../tensorflow/tf.js';
import type { KernelCase } from '../drawing/kernel-case.js';

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** Along random axes, of values that differ, so that the largest is one only. */
const along =
  (reduce: Reduce, differentiable = true): KernelCase =>
  (draw) => {
    // Over an axis of size 1 there is nothing to reduce, and cleaning says so.
    const shape = draw.shape().map((size) => size + 1);
    const axes = draw.axes(shape.length);
    const keepDims = draw.coin();
    return {
      inputs: [draw.distinct(shape)],
      body: ([x]) => reduce(x as tf.Tensor, axes, keepDims),
      differentiable,
    };
  };

const positive = (x: tf.Tensor): tf.Tensor => tf.greater(x, 0);

export const reductionCases: Record<ReductionKernel, KernelCase> = {
  All: along((x, axes, keepDims) => tf.all(positive(x), axes, keepDims), false),
  Any: along((x, axes, keepDims) => tf.any(positive(x), axes, keepDims), false),
  Max: along((x, axes, keepDims) => tf.max(x, axes, keepDims)),
  // Of floats, and of how many are true.
  Mean: along((x, axes, keepDims) =>
    tf.add(tf.mean(x, axes, keepDims), tf.mean(positive(x), axes, keepDims)),
  ),
  Min: along((x, axes, keepDims) => tf.min(x, axes, keepDims)),
  Prod: along((x, axes, keepDims) => tf.prod(x, axes, keepDims)),
  Sum: along((x, axes, keepDims) => tf.sum(x, axes, keepDims)),
};

const alongOne =
  (operation: (x: tf.Tensor, axis: number) => tf.Tensor, differentiable: boolean): KernelCase =>
  (draw) => {
    const shape = draw.shape();
    const axis = draw.int(0, shape.length - 1);
    return { inputs: [draw.distinct(shape)], body: ([x]) => operation(x as tf.Tensor, axis), differentiable };
  };

/** Along one axis, exclusive or not, from either end. */
const running =
  (operation: typeof tf.cumsum): KernelCase =>
  (draw) => {
    const exclusive = draw.coin();
    const reverse = draw.coin();
    return alongOne((x, axis) => operation(x, axis, exclusive, reverse), true)(draw);
  };

export const otherReductionCases = {
  ArgMax: alongOne((x, axis) => tf.argMax(x, axis), false),
  ArgMin: alongOne((x, axis) => tf.argMin(x, axis), false),
  Cumprod: running(tf.cumprod),
  Cumsum: running(tf.cumsum),
  TopK: (draw) => {
    const shape = [draw.int(1, 3), draw.int(2, 5)];
    const k = draw.int(1, 2);
    return {
      inputs: [draw.distinct(shape)],
      // Their sum is one tensor, as gradients need it, and shows a mistake in either.
      body: ([x]) => {
        const { values, indices } = tf.topk(x as tf.Tensor, k);
        return tf.add(values, tf.cast(indices, 'float32'));
      },
    };
  },
} satisfies Record<string, KernelCase>;
