// The kernels that a kernel graph may hold: the one list that shape rules, ONNX lowering and the docs table are kept
// complete against (`satisfies Record<Kernel, …>`). Names, inputs and attributes are tf.js's own, so that a graph
// replays on any tf.js backend; attributes are stored in the one canonical form given here. Composite kernels (fused
// layers, batch normalisation, stacking, splitting, einsum) never reach a graph: capture records their parts.
//
//   element by element   inputs x; or a, b (broadcast as in NumPy)       no attributes, except:
//     Cast dtype · ClipByValue clipValueMin, clipValueMax · LeakyRelu alpha · Step alpha
//     EluGrad (inputs dy, y) · Select (inputs condition, t, e; shapes equal, or a condition of rank 1 over rows)
//   reductions           input x                 axis: sorted non-negative axes; keepDims (Max: reductionIndices)
//     ArgMax, ArgMin     axis: one non-negative number · Softmax (input logits) dim: the last axis
//     Cumsum, Cumprod    axis, exclusive, reverse
//   movement             input x
//     Reshape shape · Transpose perm · Tile reps · Slice begin, size (no −1) · PadV2 paddings, constantValue · Reverse
//     dims
//     Concat (input `tensors`, a list) axis · GatherV2 (x, indices) axis, batchDims · GatherNd (params, indices)
//     ScatterNd (indices, updates) shape · UnsortedSegmentSum (x, segmentIds) numSegments · OneHot (indices) depth,
//     onValue, offValue, dtype · Fill (no input) shape, value, dtype · TopK k, sorted
//   neural               as in tf.js; dataFormat NHWC only

/** Kernels with one input `x`, whose result has its shape. */
export const UNARY_KERNELS = [
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Cast',
  'Ceil',
  'ClipByValue',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Expm1',
  'Floor',
  'Identity',
  'IsFinite',
  'IsInf',
  'IsNan',
  'LeakyRelu',
  'Log',
  'Log1p',
  'LogicalNot',
  'Neg',
  'Reciprocal',
  'Relu',
  'Relu6',
  'Round',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Square',
  'Step',
  'Tan',
  'Tanh',
] as const;

/** Kernels with inputs `a` and `b`, broadcast against each other. */
export const BINARY_KERNELS = [
  'Add',
  'Atan2',
  'Equal',
  'FloorDiv',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'Maximum',
  'Minimum',
  'Mod',
  'Multiply',
  'NotEqual',
  'Pow',
  'RealDiv',
  'SquaredDifference',
  'Sub',
] as const;

/** Kernels that reduce `x` along axes. */
export const REDUCTION_KERNELS = ['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum'] as const;

/** All other kernels. */
export const OTHER_KERNELS = [
  'ArgMax',
  'ArgMin',
  'AvgPool',
  'AvgPoolGrad',
  'BatchMatMul',
  'Concat',
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'Cumprod',
  'Cumsum',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'EluGrad',
  'Fill',
  'GatherNd',
  'GatherV2',
  'MaxPool',
  'MaxPoolGrad',
  'OneHot',
  'PadV2',
  'Reshape',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
  'Reverse',
  'ScatterNd',
  'Select',
  'Slice',
  'Softmax',
  'Tile',
  'TopK',
  'Transpose',
  'UnsortedSegmentSum',
] as const;

export const KERNELS = [...UNARY_KERNELS, ...BINARY_KERNELS, ...REDUCTION_KERNELS, ...OTHER_KERNELS] as const;

export type UnaryKernel = (typeof UNARY_KERNELS)[number];
export type BinaryKernel = (typeof BINARY_KERNELS)[number];
export type ReductionKernel = (typeof REDUCTION_KERNELS)[number];
export type Kernel = (typeof KERNELS)[number];

const names: ReadonlySet<string> = new Set(KERNELS);

/** Whether a kernel of that name may stand in a kernel graph. */
export function isKernel(name: string): name is Kernel {
  return names.has(name);
}
