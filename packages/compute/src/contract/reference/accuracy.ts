// How exact every kernel is, on every engine: the table that the engine contract holds engines to, and that
// docs/kernels.md prints. Errors are counted in units in the last place (ulp) of float32, from the result that is right
// in float64 of the same inputs.
import type { Kernel } from '../../graph/kernels.js';

export interface Accuracy {
  /** The largest error; 0 if results are exact, as those of integers and booleans are always. */
  readonly ulps: number;
  /**
   * What the unit is the last place of: the result; the result, or 1 where that is larger; the magnitudes of the terms
   * that are added up, together; or the largest such sum of the whole tensor.
   */
  readonly of: 'result' | 'one' | 'terms' | 'largest terms';
  /**
   * NaN and ±∞ are where they must be; or NaN is, and NaN may stand for ±∞ too, and neighbours may not be finite,
   * either; or the kernel is defined of finite numbers only.
   */
  readonly specials: 'exact' | 'not finite' | 'finite only';
  /** Whether a zero has the sign that it must have, or either. */
  readonly zeros: 'exact' | 'either';
}

const exactly: Accuracy = { ulps: 0, of: 'result', specials: 'exact', zeros: 'exact' };
const within = (ulps: number, of: Accuracy['of'] = 'result'): Accuracy => ({ ...exactly, ulps, of });
const eitherZero = (accuracy: Accuracy): Accuracy => ({ ...accuracy, zeros: 'either' });
const spreading = (accuracy: Accuracy): Accuracy => ({ ...eitherZero(accuracy), specials: 'not finite' });
const ofFinite = (accuracy: Accuracy): Accuracy => ({ ...eitherZero(accuracy), specials: 'finite only' });

export const ACCURACY: { readonly [K in Kernel]: Accuracy } = {
  Abs: exactly,
  Acos: within(4),
  Acosh: within(4),
  Add: within(0.5),
  All: exactly,
  Any: exactly,
  ArgMax: exactly,
  ArgMin: exactly,
  Asin: within(4),
  Asinh: within(4),
  Atan: within(4),
  Atan2: within(5),
  Atanh: within(4),
  AvgPool: spreading(within(4, 'terms')),
  AvgPoolGrad: spreading(within(4, 'terms')),
  BatchMatMul: eitherZero(within(8, 'terms')),
  Cast: within(0.5),
  Ceil: exactly,
  ClipByValue: eitherZero(exactly),
  Concat: exactly,
  Conv2D: spreading(within(32, 'largest terms')),
  Conv2DBackpropFilter: spreading(within(32, 'largest terms')),
  Conv2DBackpropInput: spreading(within(32, 'largest terms')),
  Cos: within(4),
  Cosh: within(4),
  Cumprod: within(4),
  Cumsum: within(4, 'terms'),
  DepthwiseConv2dNative: spreading(within(8, 'terms')),
  DepthwiseConv2dNativeBackpropFilter: spreading(within(8, 'terms')),
  DepthwiseConv2dNativeBackpropInput: spreading(within(8, 'terms')),
  Elu: within(2, 'one'),
  EluGrad: within(8, 'one'),
  Equal: exactly,
  Erf: within(4),
  Exp: within(2),
  Expm1: within(8),
  Fill: exactly,
  Floor: exactly,
  FloorDiv: exactly,
  GatherNd: exactly,
  GatherV2: exactly,
  Greater: exactly,
  GreaterEqual: exactly,
  Identity: exactly,
  IsFinite: exactly,
  IsInf: exactly,
  IsNan: exactly,
  LeakyRelu: within(1),
  Less: exactly,
  LessEqual: exactly,
  Log: within(4),
  Log1p: within(4),
  LogicalAnd: exactly,
  LogicalNot: exactly,
  LogicalOr: exactly,
  Max: eitherZero(exactly),
  MaxPool: ofFinite(exactly),
  MaxPoolGrad: ofFinite(within(4, 'terms')),
  Maximum: eitherZero(exactly),
  Mean: eitherZero(within(4, 'terms')),
  Min: eitherZero(exactly),
  Minimum: eitherZero(exactly),
  Mod: within(1),
  Multiply: within(0.5),
  Neg: exactly,
  NotEqual: exactly,
  OneHot: exactly,
  PadV2: exactly,
  Pow: within(2),
  Prod: within(4),
  RealDiv: within(0.5),
  Reciprocal: within(2),
  Relu: eitherZero(exactly),
  Relu6: eitherZero(exactly),
  Reshape: exactly,
  ResizeBilinear: ofFinite(within(8, 'largest terms')),
  ResizeNearestNeighbor: exactly,
  Reverse: exactly,
  Round: exactly,
  Rsqrt: within(2),
  ScatterNd: eitherZero(within(2, 'terms')),
  Select: eitherZero(exactly),
  Selu: within(4, 'one'),
  Sigmoid: within(4),
  Sign: exactly,
  Sin: within(4),
  Sinh: within(4),
  Slice: exactly,
  Softmax: within(4, 'one'),
  Softplus: within(8),
  Sqrt: within(0.5),
  Square: within(0.5),
  SquaredDifference: within(2),
  Step: exactly,
  Sub: within(0.5),
  Sum: eitherZero(within(4, 'terms')),
  Tan: within(4),
  Tanh: within(8),
  Tile: exactly,
  TopK: exactly,
  Transpose: exactly,
  UnsortedSegmentSum: eitherZero(within(2, 'terms')),
};
