// Composite kernels: tf.js kernels that are recorded as the kernels they consist of, so that a graph, its lowering
// and every engine need fewer of them.
import { contract } from '../tensorflow/einsum.js';
import { mirrorPositions } from '../tensorflow/gradient-corrections.js';
import * as tf from '../tensorflow/tf.js';

type Call = Parameters<tf.KernelFunc>[0];

/** tf.js passes tensors where its types promise their descriptions only. */
function tensorOf(call: Call, name: string): tf.Tensor {
  return call.inputs[name] as tf.Tensor;
}

function tensorsOf(call: Call): tf.Tensor[] {
  return call.inputs as unknown as tf.Tensor[];
}

function attributesOf<T>(call: Call): T {
  return (call.attrs ?? {}) as unknown as T;
}

/** Adds the bias and applies the activation of a fused layer. */
function finishFused(call: Call, product: tf.Tensor): tf.Tensor {
  const { bias, preluActivationWeights } = call.inputs as Record<string, tf.Tensor | undefined>;
  const { activation, leakyreluAlpha } = attributesOf<{ activation?: string; leakyreluAlpha?: number }>(call);
  const sum = bias ? tf.add(product, bias) : product;
  switch (activation ?? 'linear') {
    case 'linear':
      return sum;
    case 'relu':
      return tf.relu(sum);
    case 'relu6':
      return tf.relu6(sum);
    case 'elu':
      return tf.elu(sum);
    case 'sigmoid':
      return tf.sigmoid(sum);
    case 'leakyrelu':
      return tf.leakyRelu(sum, leakyreluAlpha);
    case 'prelu':
      return tf.prelu(sum, preluActivationWeights as tf.Tensor);
    default:
      throw new RangeError(`Cannot capture a fused layer: unknown activation '${activation}'`);
  }
}

function fusedMatMul(call: Call): tf.Tensor {
  const { transposeA, transposeB } = attributesOf<{ transposeA: boolean; transposeB: boolean }>(call);
  return finishFused(call, tf.matMul(tensorOf(call, 'a'), tensorOf(call, 'b'), transposeA, transposeB));
}

interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat: 'NHWC';
  dilations: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const fusedConvolution =
  (convolve: typeof tf.conv2d | typeof tf.depthwiseConv2d) =>
  (call: Call): tf.Tensor => {
    const { strides, pad, dataFormat, dilations, dimRoundingMode } =
      attributesOf<ConvolutionAttributes>(call);
    const x = tensorOf(call, 'x') as tf.Tensor4D;
    const filter = tensorOf(call, 'filter') as tf.Tensor4D;
    return finishFused(call, convolve(x, filter, strides, pad, dataFormat, dilations, dimRoundingMode));
  };

function pieces(x: tf.Tensor, sizes: readonly number[], axis: number): tf.Tensor[] {
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, each) => (each === axis ? start : 0));
    const extent = x.shape.map((whole, each) => (each === axis ? size : whole));
    start += size;
    return tf.slice(x, begin, extent);
  });
}

function unpack(call: Call): tf.Tensor[] {
  const value = tensorOf(call, 'value');
  const axis = frontAxis(attributesOf<{ axis: number }>(call).axis, value.rank);
  const shape = value.shape.filter((_, each) => each !== axis);
  const ones = new Array<number>(value.shape[axis] ?? 0).fill(1);
  return pieces(value, ones, axis).map((piece) => tf.reshape(piece, shape));
}

function splitV(call: Call): tf.Tensor[] {
  const x = tensorOf(call, 'x');
  const attributes = attributesOf<{ axis: number; numOrSizeSplits: number | number[] }>(call);
  const axis = frontAxis(attributes.axis, x.rank);
  return pieces(x, tf.backend_util.prepareSplitSize(x, attributes.numOrSizeSplits, axis), axis);
}

function expandDims(call: Call): tf.Tensor {
  const input = tensorOf(call, 'input');
  const axis = frontAxis(attributesOf<{ dim: number }>(call).dim, input.rank + 1);
  return tf.reshape(input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
}

function logSoftmax(call: Call): tf.Tensor {
  const logits = tensorOf(call, 'logits');
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

function batchNorm(call: Call): tf.Tensor {
  const { scale, offset } = call.inputs as Record<string, tf.Tensor | undefined>;
  const { varianceEpsilon } = attributesOf<{ varianceEpsilon: number }>(call);
  const inverse = tf.rsqrt(tf.add(tensorOf(call, 'variance'), varianceEpsilon));
  const factor = scale ? tf.mul(inverse, scale) : inverse;
  const normal = tf.mul(tf.sub(tensorOf(call, 'x'), tensorOf(call, 'mean')), factor);
  return offset ? tf.add(normal, offset) : normal;
}

/** A slice with strides: a plain slice, then along each axis with a stride the elements it picks. */
function stridedSlice(call: Call): tf.Tensor {
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

function spaceToBatch(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const { blockShape, paddings } = attributesOf<{ blockShape: number[]; paddings: [number, number][] }>(call);
  const rest = x.rank - 1 - blockShape.length;
  const padded = tf.pad(x, [[0, 0], ...paddings, ...new Array<[number, number]>(rest).fill([0, 0])]);
  const product = blockShape.reduce((size, block) => size * block, 1);
  const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;
  const split = getReshaped(padded.shape, blockShape, product, false);
  const order = getPermuted(split.length, blockShape.length, false);
  return tf.reshape(
    tf.transpose(tf.reshape(padded, split), order),
    getReshapedPermuted(padded.shape, blockShape, product, false),
  );
}

function batchToSpace(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const { blockShape, crops } = attributesOf<{ blockShape: number[]; crops: number[][] }>(call);
  const product = blockShape.reduce((size, block) => size * block, 1);
  const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } =
    tf.backend_util;
  const split = getReshaped(x.shape, blockShape, product);
  const joined = getReshapedPermuted(x.shape, blockShape, product);
  const whole = tf.reshape(
    tf.transpose(tf.reshape(x, split), getPermuted(split.length, blockShape.length)),
    joined,
  );
  const begin = getSliceBeginCoords(crops, blockShape.length);
  return tf.slice(whole, begin, getSliceSize(joined, crops, blockShape.length));
}

/** Along each padded axis, the elements at the positions that are mirrored. */
function mirrorPad(call: Call): tf.Tensor {
  const { paddings, mode } = attributesOf<{ paddings: [number, number][]; mode: string }>(call);
  const skip = mode === 'reflect' ? 1 : 0;
  return paddings.reduce(
    (padded, sides, axis) => {
      if (sides[0] === 0 && sides[1] === 0) return padded;
      const positions = mirrorPositions(padded.shape[axis] ?? 0, sides, skip);
      return tf.gather(padded, tf.tensor1d([...positions], 'int32'), axis);
    },
    tensorOf(call, 'x'),
  );
}

function depthToSpace(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const { blockSize } = attributesOf<{ blockSize: number }>(call);
  const [batch = 0, height = 0, width = 0, depth = 0] = x.shape;
  const inner = depth / (blockSize * blockSize);
  const split = tf.reshape(x, [batch, height, width, blockSize, blockSize, inner]);
  const moved = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(moved, [batch, height * blockSize, width * blockSize, inner]);
}

function frontAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export const composites: Readonly<Record<string, (call: Call) => tf.Tensor | tf.Tensor[]>> = {
  _FusedMatMul: fusedMatMul,
  AddN: (call) => tensorsOf(call).reduce((sum, each) => tf.add(sum, each)),
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  Einsum: (call) => contract(attributesOf<{ equation: string }>(call).equation, tensorsOf(call)),
  ExpandDims: expandDims,
  FlipLeftRight: (call) => tf.reverse(tensorOf(call, 'image'), 2),
  FusedBatchNorm: batchNorm,
  FusedConv2D: fusedConvolution(tf.conv2d),
  FusedDepthwiseConv2D: fusedConvolution(tf.depthwiseConv2d),
  LinSpace: (call) => {
    const { start, stop, num } = attributesOf<{ start: number; stop: number; num: number }>(call);
    const step = (stop - start) / (num - 1);
    return tf.tensor1d(Array.from({ length: num }, (_, index) => start + (num === 1 ? 0 : index * step)));
  },
  LogSoftmax: logSoftmax,
  MirrorPad: mirrorPad,
  OnesLike: (call) => tf.fill(tensorOf(call, 'x').shape, 1, tensorOf(call, 'x').dtype as 'float32'),
  Pack: (call) => {
    const { axis } = attributesOf<{ axis: number }>(call);
    return tf.concat(
      tensorsOf(call).map((each) => tf.expandDims(each, axis)),
      axis,
    );
  },
  Prelu: (call) => {
    const x = tensorOf(call, 'x');
    return tf.add(tf.relu(x), tf.mul(tensorOf(call, 'alpha'), tf.minimum(x, 0)));
  },
  Range: (call) => {
    const { start, stop, step, dtype } = attributesOf<{
      start: number;
      stop: number;
      step: number;
      dtype: 'float32' | 'int32';
    }>(call);
    const count = Math.max(0, Math.ceil((stop - start) / step));
    return tf.tensor1d(
      Array.from({ length: count }, (_, index) => start + index * step),
      dtype,
    );
  },
  SpaceToBatchND: spaceToBatch,
  SplitV: splitV,
  StridedSlice: stridedSlice,
  Unpack: unpack,
  ZerosLike: (call) => tf.fill(tensorOf(call, 'x').shape, 0, tensorOf(call, 'x').dtype as 'float32'),
};
