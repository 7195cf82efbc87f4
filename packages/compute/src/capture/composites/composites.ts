// Composite kernels: tf.js kernels that are recorded as the kernels they consist of, so that a graph, its lowering
// and every engine need fewer of them. One file a family; this is the table.
import { contract } from '../../tensorflow/einsum.js';
import { attributesOf, type Composite, tensorOf, tensorsOf } from '../../tensorflow/kernel-call.js';
import * as tf from '../../tensorflow/tf.js';
import {
  avgPool3d,
  avgPool3dGrad,
  conv3d,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  maxPool3d,
} from '../../tensorflow/volumes.js';
import { diagonal, filledLike, linSpace, range } from './made.js';
import {
  batchNorm,
  fusedConvolution,
  fusedMatMul,
  localResponse,
  localResponseGradient,
  logSoftmax,
  prelu,
} from './neural.js';
import { expandDims, pack, splitV, stridedSlice, unpack } from './parts.js';
import { batchToSpace, depthToSpace, mirrorPad, spaceToBatch } from './space.js';

const parts: Readonly<Record<string, Composite>> = {
  _FusedMatMul: fusedMatMul,
  AddN: (call) => tensorsOf(call).reduce((sum, each) => tf.add(sum, each)),
  AvgPool3D: avgPool3d,
  AvgPool3DGrad: avgPool3dGrad,
  BatchToSpaceND: batchToSpace,
  Conv3D: conv3d,
  Conv3DBackpropFilterV2: conv3dBackpropFilter,
  Conv3DBackpropInputV2: conv3dBackpropInput,
  DepthToSpace: depthToSpace,
  Diag: diagonal,
  Einsum: (call) => contract(attributesOf<{ equation: string }>(call).equation, tensorsOf(call)),
  ExpandDims: expandDims,
  FlipLeftRight: (call) => tf.reverse(tensorOf(call, 'image'), 2),
  FusedBatchNorm: batchNorm,
  FusedConv2D: fusedConvolution(tf.conv2d),
  FusedDepthwiseConv2D: fusedConvolution(tf.depthwiseConv2d),
  LinSpace: linSpace,
  LogSoftmax: logSoftmax,
  LRN: localResponse,
  LRNGrad: localResponseGradient,
  MaxPool3D: maxPool3d,
  MirrorPad: mirrorPad,
  OnesLike: filledLike(1),
  Pack: pack,
  Prelu: prelu,
  Range: range,
  SpaceToBatchND: spaceToBatch,
  SplitV: splitV,
  StridedSlice: stridedSlice,
  Unpack: unpack,
  ZerosLike: filledLike(0),
};

export const composites: Readonly<Record<string, Composite>> = Object.fromEntries(
  Object.entries(parts).map(([name, composite]) => [name, ownResults(composite)]),
);

/**
 * A composite that has nothing to do gives an input as it is. As a result it must be a tensor of its own: the tape of
 * tf.js knows tensors by their numbers, and one that is made of itself is given its gradient twice.
 */
function ownResults(composite: Composite): Composite {
  return (call) => {
    const inputs = new Set<unknown>(Array.isArray(call.inputs) ? call.inputs : Object.values(call.inputs));
    const own = (result: tf.Tensor): tf.Tensor => (inputs.has(result) ? tf.clone(result) : result);
    const results = composite(call);
    return Array.isArray(results) ? results.map(own) : own(results);
  };
}
