// Contract cases of the kernels that move, repeat, pick or make elements.
import { sizeOf } from '@starling/federated-core/plan';
import * as tf from '../../tensorflow/tf.js';
import { type DrawnCase, type KernelCase, ofOne } from '../drawing/kernel-case.js';

const concat: KernelCase = (draw) => {
  const shape = draw.shape();
  const axis = draw.int(0, shape.length - 1);
  const other = shape.map((size, each) => (each === axis ? draw.int(1, 4) : size));
  return { inputs: [draw.floats(shape), draw.floats(other)], body: (parts) => tf.concat([...parts], axis) };
};

const gather: KernelCase = (draw) => {
  const shape = draw.shape();
  const axis = draw.int(0, shape.length - 1);
  const indices = draw.ints(draw.shape(1, 2), 0, (shape[axis] as number) - 1);
  return {
    inputs: [draw.floats(shape), indices],
    body: ([x, at]) => tf.gather(x as tf.Tensor, at as tf.Tensor1D, axis),
  };
};

const gatherNd: KernelCase = (draw) => {
  const [rows, columns] = [draw.int(1, 4), draw.int(1, 4)];
  const indices = draw.ints([draw.int(1, 4), 1], 0, rows - 1);
  return {
    inputs: [draw.floats([rows, columns]), indices],
    body: ([x, at]) => tf.gatherND(x as tf.Tensor, at as tf.Tensor),
  };
};

const scatterNd: KernelCase = (draw) => {
  const [rows, columns, updates] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4)];
  return {
    inputs: [draw.ints([updates, 1], 0, rows - 1), draw.floats([updates, columns])],
    body: ([at, x]) => tf.scatterND(at as tf.Tensor, x as tf.Tensor, [rows, columns]),
  };
};

const segmentSum: KernelCase = (draw) => {
  const shape = draw.shape();
  const segments = draw.int(1, 4);
  return {
    inputs: [draw.floats(shape), draw.ints([shape[0] as number], 0, segments - 1)],
    body: ([x, ids]) => tf.unsortedSegmentSum(x as tf.Tensor, ids as tf.Tensor1D, segments),
  };
};

const oneHot: KernelCase = (draw) => {
  const depth = draw.int(2, 5);
  const dtype = draw.pick(['int32', 'float32'] as const);
  return {
    inputs: [draw.ints(draw.shape(1, 2), 0, depth - 1)],
    body: ([at]) => tf.oneHot(at as tf.Tensor1D, depth, 2, -1, dtype),
    differentiable: false,
  };
};

const pad: KernelCase = (draw) => {
  const shape = draw.shape();
  const paddings = shape.map((): [number, number] => [draw.int(0, 2), draw.int(1, 2)]);
  return { inputs: [draw.floats(shape)], body: ([x]) => tf.pad(x as tf.Tensor, paddings, 0.5) };
};

const slice: KernelCase = (draw) => {
  const shape = draw.shape().map((size) => size + 1);
  const begin = shape.map((size) => draw.int(0, size - 2));
  const size = shape.map((whole, axis) =>
    draw.int(1, whole - (begin[axis] as number) - (axis === 0 ? 1 : 0)),
  );
  size[0] = Math.max(1, size[0] as number);
  return { inputs: [draw.floats(shape)], body: ([x]) => tf.slice(x as tf.Tensor, begin, size) };
};

const transpose: KernelCase = (draw) => {
  const shape = draw.shape(2, 4);
  const shift = draw.int(1, shape.length - 1);
  const perm = shape.map((_, axis) => (axis + shift) % shape.length);
  return { inputs: [draw.floats(shape)], body: ([x]) => tf.transpose(x as tf.Tensor, perm) };
};

export const movementCases = {
  Concat: concat,
  Fill: ofOne((x) => tf.concat([x, tf.fill(x.shape, 1.5)], 0)),
  GatherNd: gatherNd,
  GatherV2: gather,
  OneHot: oneHot,
  PadV2: pad,
  Reshape: ofOne((x) => tf.reshape(x, [1, sizeOf(x.shape), 1])),
  Reverse: ofOne((x) => tf.reverse(x, x.rank - 1)),
  ScatterNd: scatterNd,
  Select: (draw): DrawnCase => {
    const shape = draw.shape();
    return {
      inputs: [draw.ints(shape, 0, 1), draw.floats(shape), draw.floats(shape)],
      body: ([condition, a, b]) =>
        tf.where(tf.cast(condition as tf.Tensor, 'bool'), a as tf.Tensor, b as tf.Tensor),
    };
  },
  Slice: slice,
  Tile: ofOne((x) =>
    tf.tile(
      x,
      x.shape.map((_, axis) => (axis === 0 ? 2 : 3)),
    ),
  ),
  Transpose: transpose,
  UnsortedSegmentSum: segmentSum,
} satisfies Record<string, KernelCase>;
