// Contract cases at the edges, for every kernel: special values and numbers of every magnitude, in bodies that record
// the kernel once, so that its outputs can be held to the float64 reference.
import type { Tensor } from '@starling/federated-core';
import type { Kernel } from '../../graph/kernels.js';
import * as tf from '../../tensorflow/tf.js';
import type { DrawnCase } from '../drawing/kernel-case.js';
import {
  allFloats,
  boolPairs,
  bools,
  both,
  factorsInARow,
  floatPairs,
  floats,
  floatsBy,
  ints,
  intsBy,
  linesOf,
  modest,
  moved,
  numbers,
  ofIndices,
  one,
  pairs,
  reduced,
  SHORT,
  type SpecialCases,
  someBools,
  two,
  withSpecials,
} from './special-case.js';
import {
  allPairs,
  boolsOf,
  floatsOf,
  intsOf,
  mixedFloats,
  mixedInts,
  SPECIAL_FLOATS,
} from './special-draw.js';
import { convolved, multiplied, type Pool, pooled, resized } from './special-neural-cases.js';

export const specialCases: { readonly [K in Kernel]: SpecialCases } = {
  Abs: numbers(tf.abs),
  Acos: floats(tf.acos),
  Acosh: floats(tf.acosh),
  Add: pairs(tf.add),
  All: linesOf(someBools, (x, axis) => tf.all(x, axis), SHORT),
  Any: linesOf(someBools, (x, axis) => tf.any(x, axis), SHORT),
  ArgMax: both(
    linesOf(mixedFloats, (x, axis) => tf.argMax(x, axis)),
    linesOf(mixedInts, (x, axis) => tf.argMax(x, axis)),
  ),
  ArgMin: both(
    linesOf(mixedFloats, (x, axis) => tf.argMin(x, axis)),
    linesOf(mixedInts, (x, axis) => tf.argMin(x, axis)),
  ),
  Asin: floats(tf.asin),
  Asinh: floats(tf.asinh),
  Atan: floats(tf.atan),
  Atan2: floatPairs(tf.atan2),
  Atanh: floats(tf.atanh),
  AvgPool: pooled(tf.avgPool as Pool, false, [modest, withSpecials]),
  AvgPoolGrad: pooled(tf.avgPool as Pool, true, [modest, withSpecials]),
  BatchMatMul: multiplied,
  Cast: both(
    floats((x) => tf.cast(x, 'int32')),
    floats((x) => tf.cast(x, 'bool')),
    ints((x) => tf.cast(x, 'float32')),
    ints((x) => tf.cast(tf.cast(x, 'float32'), 'int32')),
    ints((x) => tf.cast(x, 'bool')),
    bools((x) => tf.cast(x, 'int32')),
    bools((x) => tf.cast(x, 'float32')),
  ),
  Ceil: floats(tf.ceil),
  ClipByValue: both(
    floats((x) => tf.clipByValue(x, -1, 2.5)),
    floats((x) => tf.clipByValue(x, Number.NEGATIVE_INFINITY, 0.5)),
    ints((x) => tf.clipByValue(x, -3, 7)),
  ),
  Concat: moved([3, 4], (x) => tf.concat([x, x], 1)),
  Conv2D: convolved(tf.conv2d, 'forward'),
  Conv2DBackpropFilter: convolved(tf.conv2d, 'filter'),
  Conv2DBackpropInput: convolved(tf.conv2d, 'image'),
  Cos: floats(tf.cos),
  Cosh: floats(tf.cosh),
  Cumprod: both(
    linesOf(mixedInts, (x, axis) => tf.cumprod(x, axis)),
    linesOf(modest, (x, axis) => tf.cumprod(x, axis, true, true)),
    linesOf(withSpecials, (x, axis) => tf.cumprod(x, axis)),
  ),
  Cumsum: both(
    linesOf(mixedInts, (x, axis) => tf.cumsum(x, axis)),
    linesOf(modest, (x, axis) => tf.cumsum(x, axis, true, true)),
    linesOf(withSpecials, (x, axis) => tf.cumsum(x, axis)),
  ),
  DepthwiseConv2dNative: convolved(tf.depthwiseConv2d, 'forward'),
  DepthwiseConv2dNativeBackpropFilter: convolved(tf.depthwiseConv2d, 'filter'),
  DepthwiseConv2dNativeBackpropInput: convolved(tf.depthwiseConv2d, 'image'),
  Elu: floats(tf.elu),
  EluGrad: (draw) => {
    const x = allFloats(draw);
    return [two(x, modest(draw, x.shape), (y, dy) => tf.grad((z: tf.Tensor) => tf.elu(z))(y, dy))];
  },
  Equal: both(pairs(tf.equal), boolPairs(tf.equal)),
  Erf: floats(tf.erf),
  Exp: floats(tf.exp),
  Expm1: floats(tf.expm1),
  Fill: (draw) =>
    [Number.NaN, Number.NEGATIVE_INFINITY, -0, 2.5].map((value) =>
      one(mixedFloats(draw, [3]), (x) => tf.concat([x, tf.fill([2], value)])),
    ),
  Floor: floats(tf.floor),
  FloorDiv: both(pairs(tf.floorDiv), floatsBy(tf.floorDiv), intsBy(tf.floorDiv, [0, -1, 1, 7, -7])),
  GatherNd: ofIndices(
    [3, 4],
    [
      [
        [0, 3, 2, 1],
        [2, 2],
      ],
      [
        [2, 0, 2],
        [3, 1],
      ],
    ],
    (x, at) => tf.gatherND(x, at),
  ),
  GatherV2: ofIndices(
    [3, 4],
    [
      [
        [2, 0, 1, 2],
        [2, 2],
      ],
      [[0], [1]],
    ],
    (x, at) => tf.gather(x, at as tf.Tensor1D, 0),
  ),
  Greater: pairs(tf.greater),
  GreaterEqual: pairs(tf.greaterEqual),
  Identity: numbers((x) => tf.clone(x)),
  IsFinite: numbers(tf.isFinite),
  IsInf: numbers(tf.isInf),
  IsNan: numbers(tf.isNaN),
  LeakyRelu: floats((x) => tf.leakyRelu(x, 0.25)),
  Less: pairs(tf.less),
  LessEqual: pairs(tf.lessEqual),
  Log: floats(tf.log),
  Log1p: floats(tf.log1p),
  LogicalAnd: boolPairs(tf.logicalAnd),
  LogicalNot: bools(tf.logicalNot),
  LogicalOr: boolPairs(tf.logicalOr),
  Max: reduced((x, axis) => tf.max(x, axis)),
  MaxPool: pooled(tf.maxPool, false, [modest]),
  MaxPoolGrad: pooled(tf.maxPool, true, [modest]),
  Maximum: pairs(tf.maximum),
  Mean: both(
    linesOf(withSpecials, (x, axis) => tf.mean(x, axis), SHORT),
    linesOf(mixedInts, (x, axis) => tf.mean(x, axis), SHORT),
    linesOf(modest, (x, axis) => tf.mean(x, axis), [100]),
  ),
  Min: reduced((x, axis) => tf.min(x, axis)),
  Minimum: pairs(tf.minimum),
  Mod: both(pairs(tf.mod), intsBy(tf.mod, [0, -1, 1, 7, -7])),
  Multiply: both(pairs(tf.mul), factorsInARow),
  Neg: numbers(tf.neg),
  NotEqual: both(pairs(tf.notEqual), boolPairs(tf.notEqual)),
  OneHot: () => [one(intsOf([-1, 0, 2, 3, 2 ** 31 - 1, -(2 ** 31)]), (x) => tf.oneHot(x as tf.Tensor1D, 3))],
  PadV2: both(
    moved([3, 4], (x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    ),
    floats((x) => tf.pad(x, [[1, 1]], Number.NEGATIVE_INFINITY)),
  ),
  Pow: both(pairs(tf.pow), intsBy(tf.pow, [0, 1, 2, 3, 31, -1, -2])),
  Prod: both(
    linesOf(withSpecials, (x, axis) => tf.prod(x, axis), SHORT),
    linesOf(mixedInts, (x, axis) => tf.prod(x, axis), SHORT),
  ),
  RealDiv: both(floatPairs(tf.div), floatsBy(tf.div)),
  Reciprocal: floats(tf.reciprocal),
  Relu: numbers(tf.relu),
  Relu6: numbers(tf.relu6),
  Reshape: moved([3, 4], (x) => tf.reshape(x, [2, 6])),
  ResizeBilinear: resized(tf.image.resizeBilinear, modest),
  ResizeNearestNeighbor: resized(tf.image.resizeNearestNeighbor, mixedFloats),
  Reverse: both(
    moved([3, 4], (x) => tf.reverse(x)),
    moved([3, 4], (x) => tf.reverse(x, 0)),
  ),
  Round: numbers(tf.round),
  Rsqrt: floats(tf.rsqrt),
  ScatterNd: both(
    ofIndices(
      [4, 3],
      [
        [
          [0, 2, 2, 1],
          [4, 1],
        ],
      ],
      (x, at) => tf.scatterND(at, x, [3, 3]),
    ),
    ofIndices(
      [3],
      [
        [
          [0, 2, 1, 1, 0, 2],
          [3, 2],
        ],
      ],
      (x, at) => tf.scatterND(at, x, [2, 3]),
    ),
  ),
  Select: (draw) => {
    const [a, b] = allPairs(SPECIAL_FLOATS);
    const condition = boolsOf(a.map(() => draw.int(0, 1)));
    const chosen = (t: Tensor, e: Tensor): DrawnCase => ({
      inputs: [condition, t, e],
      body: ([c, x, y]) => tf.where(c as tf.Tensor, x as tf.Tensor, y as tf.Tensor),
    });
    return [
      chosen(floatsOf(a), floatsOf(b)),
      chosen(mixedInts(draw, [a.length]), mixedInts(draw, [a.length])),
    ];
  },
  Selu: floats(tf.selu),
  Sigmoid: floats(tf.sigmoid),
  Sign: numbers(tf.sign),
  Sin: floats(tf.sin),
  Sinh: floats(tf.sinh),
  Slice: moved([3, 4], (x) => tf.slice(x, [1, 1], [2, 2])),
  Softmax: both(
    linesOf(withSpecials, (x) => tf.softmax(x)),
    linesOf(modest, (x) => tf.softmax(x)),
  ),
  Softplus: floats(tf.softplus),
  Sqrt: floats(tf.sqrt),
  Square: numbers(tf.square),
  SquaredDifference: pairs(tf.squaredDifference),
  Step: floats((x) => tf.step(x, 0.25)),
  Sub: pairs(tf.sub),
  Sum: both(
    linesOf(withSpecials, (x, axis) => tf.sum(x, axis), SHORT),
    linesOf(mixedInts, (x, axis) => tf.sum(x, axis), SHORT),
    linesOf(someBools, (x, axis) => tf.sum(x, axis), SHORT),
    linesOf(modest, (x, axis) => tf.sum(x, axis), [100]),
  ),
  Tan: floats(tf.tan),
  Tanh: floats(tf.tanh),
  Tile: moved([3, 4], (x) => tf.tile(x, [2, 3])),
  TopK: both(
    linesOf(mixedFloats, (x) => Object.values(tf.topk(x, 2)), [5]),
    linesOf(mixedInts, (x) => Object.values(tf.topk(x, 2)), [5]),
  ),
  Transpose: moved([3, 4], (x) => tf.transpose(x)),
  UnsortedSegmentSum: (draw) => [
    two(withSpecials(draw, [6, 3]), intsOf([0, -1, 2, 0, 4, -(2 ** 31)]), (x, ids) =>
      tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 4),
    ),
    two(withSpecials(draw, [6]), intsOf([0, 1, 2, 0, 2 ** 31 - 1, 3]), (x, ids) =>
      tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 4),
    ),
  ],
};
