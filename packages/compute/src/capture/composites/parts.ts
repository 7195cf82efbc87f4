// Composites that cut tensors into parts along an axis, and put parts together.

import {
  attributesOf,
  type Call,
  type Composite,
  frontAxis,
  tensorOf,
  tensorsOf,
} from '../../tensorflow/kernel-call.js';
import * as tf from '../../tensorflow/tf.js';

export const pack: Composite = (call) => {
  const { axis } = attributesOf<{ axis: number }>(call);
  return tf.concat(
    tensorsOf(call).map((each) => tf.expandDims(each, axis)),
    axis,
  );
};

export function unpack(call: Call): tf.Tensor[] {
  const value = tensorOf(call, 'value');
  const axis = frontAxis(attributesOf<{ axis: number }>(call).axis, value.rank);
  const shape = value.shape.filter((_, each) => each !== axis);
  const ones = new Array<number>(value.shape[axis] ?? 0).fill(1);
  return pieces(value, ones, axis).map((piece) => tf.reshape(piece, shape));
}

export function splitV(call: Call): tf.Tensor[] {
  const x = tensorOf(call, 'x');
  const attributes = attributesOf<{ axis: number; numOrSizeSplits: number | number[] }>(call);
  const axis = frontAxis(attributes.axis, x.rank);
  return pieces(x, tf.backend_util.prepareSplitSize(x, attributes.numOrSizeSplits, axis), axis);
}

export function expandDims(call: Call): tf.Tensor {
  const input = tensorOf(call, 'input');
  const axis = frontAxis(attributesOf<{ dim: number }>(call).dim, input.rank + 1);
  return tf.reshape(input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
}

/** A slice with strides: a plain slice, then along each axis with a stride the elements it picks. */
export function stridedSlice(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const a = attributesOf<Record<string, number> & { begin: number[]; end: number[]; strides: number[] }>(
    call,
  );
  const info = tf.slice_util.sliceInfo(
    x.shape,
    a.begin,
    a.end,
    a.strides,
    a['beginMask'] ?? 0,
    a['endMask'] ?? 0,
    a['ellipsisMask'] ?? 0,
    a['newAxisMask'] ?? 0,
    a['shrinkAxisMask'] ?? 0,
  );
  const { begin, end, strides, finalShape } = info;
  let picked = x;
  for (const [axis, stride] of strides.entries()) {
    const count = tf.slice_util.computeOutShape(begin, end, strides)[axis] ?? 0;
    const positions = Array.from({ length: count }, (_, i) => (begin[axis] ?? 0) + i * stride);
    const start = picked.shape.map((_, each) => (each === axis ? (begin[axis] ?? 0) : 0));
    const extent = picked.shape.map((whole, each) => (each === axis ? count : whole));
    picked =
      stride === 1
        ? tf.slice(picked, start, extent)
        : tf.gather(picked, tf.tensor1d(positions, 'int32'), axis);
  }
  return tf.reshape(picked, finalShape);
}

function pieces(x: tf.Tensor, sizes: readonly number[], axis: number): tf.Tensor[] {
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, each) => (each === axis ? start : 0));
    const extent = x.shape.map((whole, each) => (each === axis ? size : whole));
    start += size;
    return tf.slice(x, begin, extent);
  });
}
