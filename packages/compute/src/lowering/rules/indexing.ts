// Lowering of kernels that pick, scatter, choose and rank elements.
import { tensor } from '@starling/federated-core';
import type { OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';
import type { Kernel } from '../../graph/kernels.js';
import { REFUSED_SHIFT } from '../../graph/refused-indices.js';
import { isNegative } from './integers.js';
import { type KernelCall, LoweringError, type LoweringRule } from './lowering-rule.js';

/** Zeros of the output's shape with each update added at its index. */
function scatterAdd(
  builder: GraphBuilder,
  call: KernelCall,
  indices: OnnxValue,
  updates: OnnxValue,
): OnnxValue {
  const { dtype, shape } = call.output;
  const zeros = builder.expand(builder.filled(updates.dtype, 0), shape);
  const inputs = [zeros, builder.cast(indices, 'int64'), updates];
  return builder.emitOne('ScatterND', inputs, { dtype, shape }, { reduction: attribute.string('add') });
}

const withLastAxis = (builder: GraphBuilder, x: OnnxValue): OnnxValue => builder.reshape(x, [...x.shape, 1]);

const reshapedTo = (x: OnnxValue, rank: number): readonly number[] => [
  ...x.shape,
  ...Array<number>(rank - x.shape.length).fill(1),
];

/** Indices that end a run where one is negative, as any other that is out of range does (`refused-indices.ts`). */
function refusingNegative(builder: GraphBuilder, indices: OnnxValue): OnnxValue {
  const known = builder.constantData(indices)?.data as Int32Array | undefined;
  if (known?.every((index) => index >= 0) || isClippedAtZero(builder, indices)) return indices;
  const outside = builder.binary('Add', indices, builder.scalarLike(indices, REFUSED_SHIFT));
  return builder.where(isNegative(builder, indices), outside, indices);
}

/** Whether values are clipped to a constant that is not negative. */
function isClippedAtZero(builder: GraphBuilder, values: OnnxValue): boolean {
  const clip = builder.producer(values);
  const low = clip?.op === 'Clip' && clip.inputs[1] && builder.constantData(clip.inputs[1]);
  return !!low && (low.data[0] as number) >= 0;
}

/** Sums of rows by segment; a row of a segment that is not there adds zeros to the first. */
function segmentSum(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const [x, ids] = [call.input('x'), call.input('segmentIds')];
  const segments = call.number('numSegments');
  const known = builder.constantData(ids)?.data as Int32Array | undefined;
  if (segments === 0 || known?.every((id) => id >= 0 && id < segments)) {
    return scatterAdd(builder, call, withLastAxis(builder, ids), x);
  }
  const isThere = builder.binary(
    'And',
    builder.unary('Not', isNegative(builder, ids)),
    builder.compare('Less', ids, builder.scalarLike(ids, segments)),
  );
  const rows = builder.where(isThere, ids, builder.scalarLike(ids, 0));
  const keeps = builder.reshape(isThere, reshapedTo(isThere, x.shape.length));
  const updates = builder.where(keeps, x, builder.scalarLike(x, 0));
  return scatterAdd(builder, call, withLastAxis(builder, rows), updates);
}

function gather(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const x = call.input('x');
  const axis = call.axes('axis', x.shape.length)[0] ?? 0;
  const indices = refusingNegative(builder, call.input('indices'));
  const batchDims = call.number('batchDims', 0);
  if (batchDims === 0) return builder.gather(x, indices, axis);
  if (batchDims !== axis) {
    throw new LoweringError(
      `Cannot lower GatherV2 to ONNX: axis must be batchDims ${batchDims}, got ${axis}`,
    );
  }
  const positions = withLastAxis(builder, builder.cast(indices, 'int64'));
  return builder.emitOne('GatherND', [x, positions], call.output, { batch_dims: attribute.int(batchDims) });
}

function oneHot(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const depth = call.number('depth');
  const { dtype } = call.output;
  const classes = builder.constant(
    tensor(
      'int32',
      [depth],
      Int32Array.from({ length: depth }, (_, i) => i),
    ),
  );
  const hit = builder.compare('Equal', withLastAxis(builder, call.input('indices')), classes);
  const on = call.number('onValue', 1);
  const off = call.number('offValue', 0);
  if (on === 1 && off === 0 && dtype !== 'string') return builder.cast(hit, dtype);
  return builder.where(hit, builder.filled(dtype, on), builder.filled(dtype, off));
}

function select(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const condition = call.input('condition');
  const ifTrue = call.input('t');
  const ifFalse = call.input('e');
  const rank = call.output.shape.length;
  // A condition of rank 1 chooses whole rows.
  const shaped =
    condition.shape.length === 1 && rank > 1
      ? builder.reshape(condition, [...condition.shape, ...Array<number>(rank - 1).fill(1)])
      : condition;
  if (ifTrue.dtype !== 'bool') return builder.where(shaped, ifTrue, ifFalse);
  const chosen = builder.where(shaped, builder.cast(ifTrue, 'uint8'), builder.cast(ifFalse, 'uint8'));
  return builder.cast(chosen, 'bool');
}

/** Where NaN ranks, above +∞, when floats are ranked as float64. */
const [RANK_OF_INFINITY, RANK_OF_NAN] = [2 ** 200, 2 ** 201];

/** The largest in order, of equal ones the first; NaN counts as larger than +∞. */
function topK(builder: GraphBuilder, call: KernelCall): readonly OnnxValue[] {
  const x = call.input('x');
  const shape = call.output.shape;
  const keys = x.dtype === 'float32' ? ranks(builder, x) : x;
  const [values, positions] = builder.emit(
    'TopK',
    [keys, builder.ints([call.number('k')])],
    [
      { dtype: keys.dtype, shape },
      { dtype: 'int64', shape },
    ],
  ) as readonly [OnnxValue, OnnxValue];
  if (keys === x) return [values, builder.cast(positions, 'int32')];
  const lastAxis = { axis: attribute.int(-1) };
  const picked = builder.emitOne('GatherElements', [x, positions], { dtype: x.dtype, shape }, lastAxis);
  return [picked, builder.cast(positions, 'int32')];
}

/** Numbers in the order of `x`, with NaN above all. */
function ranks(builder: GraphBuilder, x: OnnxValue): OnnxValue {
  const isMissing = builder.emitOne('IsNaN', [x], { dtype: 'bool', shape: x.shape });
  const wide = builder.cast(x, 'float64');
  const bounded = builder.binary('Min', wide, builder.scalarLike(wide, RANK_OF_INFINITY));
  return builder.where(isMissing, builder.scalarLike(wide, RANK_OF_NAN), bounded);
}

export const indexingRules = {
  GatherNd: (builder, call) => {
    const params = call.input('params');
    const indices = refusingNegative(builder, call.input('indices'));
    return builder.emitOne('GatherND', [params, builder.cast(indices, 'int64')], call.output);
  },
  GatherV2: gather,
  OneHot: oneHot,
  ScatterNd: (builder, call) => {
    const indices = refusingNegative(builder, call.input('indices'));
    return scatterAdd(builder, call, indices, call.input('updates'));
  },
  Select: select,
  TopK: topK,
  UnsortedSegmentSum: segmentSum,
} as const satisfies Record<
  Extract<
    Kernel,
    'GatherNd' | 'GatherV2' | 'OneHot' | 'ScatterNd' | 'Select' | 'TopK' | 'UnsortedSegmentSum'
  >,
  LoweringRule
>;
