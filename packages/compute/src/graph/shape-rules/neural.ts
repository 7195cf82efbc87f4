// Shape rules of matrix products, convolutions, pools, normalisation and image resizing, with their gradients.
// Convolutions and pools take their output shape from tf.js's own `backend_util`.
import { backend_util } from '../../tensorflow/tf.js';
import type { ValueSpec } from '../kernel-graph.js';
import { broadcastShape, inputOf, numbersOf, one, type ShapeCall, type ShapeRule } from './shape-rule.js';

type Rank4 = [number, number, number, number];
type Pair = [number, number];

const matMul: ShapeRule = (call) => {
  const a = inputOf(call, 'a');
  const b = inputOf(call, 'b');
  const transposeA = call.attributes['transposeA'] === true;
  const transposeB = call.attributes['transposeB'] === true;
  const [rows, innerA] = lastTwo(a, transposeA);
  const [innerB, columns] = lastTwo(b, transposeB);
  if (innerA !== innerB) {
    throw new RangeError(
      `Cannot multiply matrices: inner dimensions must be equal, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`,
    );
  }
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return one({ dtype: a.dtype, shape: [...batch, rows, columns] }, { transposeA, transposeB });
};

function lastTwo(spec: ValueSpec, transposed: boolean): readonly [number, number] {
  const [row, column] = spec.shape.slice(-2) as Pair;
  return transposed ? [column, row] : [row, column];
}

function channelsLast(call: ShapeCall): void {
  const format = call.attributes['dataFormat'];
  if (format !== undefined && format !== 'NHWC') {
    throw new RangeError(
      `Cannot capture a convolution: dataFormat must be NHWC (channels last), got ${String(format)}`,
    );
  }
}

const convolution =
  (depthwise: boolean): ShapeRule =>
  (call) => {
    channelsLast(call);
    const x = inputOf(call, 'x');
    const info = backend_util.computeConv2DInfo(
      [...x.shape] as Rank4,
      [...inputOf(call, 'filter').shape] as Rank4,
      call.attributes['strides'] as unknown as Pair,
      (call.attributes['dilations'] ?? 1) as unknown as Pair,
      call.attributes['pad'] as 'valid',
      (call.attributes['dimRoundingMode'] ?? undefined) as 'floor',
      depthwise,
    );
    return one({ dtype: x.dtype, shape: info.outShape });
  };

const shapeFrom =
  (attribute: string): ShapeRule =>
  (call) => {
    channelsLast(call);
    return one({ dtype: 'float32', shape: numbersOf(call, attribute) });
  };

const pool: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  // 'max' or 'avg' does not change the shape.
  const info = backend_util.computePool2DInfo(
    [...x.shape] as Rank4,
    call.attributes['filterSize'] as unknown as Pair,
    call.attributes['strides'] as unknown as Pair,
    1,
    call.attributes['pad'] as 'valid',
    (call.attributes['dimRoundingMode'] ?? undefined) as 'floor',
  );
  return one({ dtype: x.dtype, shape: info.outShape });
};

const poolGradient: ShapeRule = (call) => one(inputOf(call, 'input'));

const resize: ShapeRule = (call) => {
  const images = inputOf(call, 'images');
  const [height = 0, width = 0] = numbersOf(call, 'size');
  const [batch = 0, , , channels = 0] = images.shape;
  return one({ dtype: 'float32', shape: [batch, height, width, channels] });
};

export const neuralRules = {
  AvgPool: pool,
  AvgPoolGrad: poolGradient,
  BatchMatMul: matMul,
  Conv2D: convolution(false),
  Conv2DBackpropFilter: shapeFrom('filterShape'),
  Conv2DBackpropInput: shapeFrom('inputShape'),
  DepthwiseConv2dNative: convolution(true),
  DepthwiseConv2dNativeBackpropFilter: shapeFrom('filterShape'),
  DepthwiseConv2dNativeBackpropInput: shapeFrom('inputShape'),
  MaxPool: pool,
  MaxPoolGrad: poolGradient,
  ResizeBilinear: resize,
  ResizeNearestNeighbor: resize,
} satisfies Record<string, ShapeRule>;
