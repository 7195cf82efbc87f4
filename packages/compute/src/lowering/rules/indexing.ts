// Lowering of kernels that pick, scatter, choose and rank elements.
import { tensor } from '@starling/federated-core';
import type { Kernel } from '../../graph/kernels.js';
import { attribute, type GraphBuilder } from '../graph-builder.js';
import type { OnnxValue } from '../onnx-model.js';
import { type KernelCall, LoweringError, type Rule } from '../rule.js';

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

function gather(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const x = call.input('x');
  const indices = call.input('indices');
  const axis = call.axes('axis', x.shape.length)[0] ?? 0;
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

function topK(builder: GraphBuilder, call: KernelCall): readonly OnnxValue[] {
  const x = call.input('x');
  const shape = call.output.shape;
  const [values, positions] = builder.emit(
    'TopK',
    [x, builder.ints([call.number('k')])],
    [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ],
  ) as readonly [OnnxValue, OnnxValue];
  return [values, builder.cast(positions, 'int32')];
}

export const indexingRules = {
  GatherNd: (builder, call) =>
    builder.emitOne(
      'GatherND',
      [call.input('params'), builder.cast(call.input('indices'), 'int64')],
      call.output,
    ),
  GatherV2: gather,
  OneHot: oneHot,
  ScatterNd: (builder, call) => scatterAdd(builder, call, call.input('indices'), call.input('updates')),
  Select: select,
  TopK: topK,
  UnsortedSegmentSum: (builder, call) =>
    scatterAdd(builder, call, withLastAxis(builder, call.input('segmentIds')), call.input('x')),
} as const satisfies Record<
  Extract<
    Kernel,
    'GatherNd' | 'GatherV2' | 'OneHot' | 'ScatterNd' | 'Select' | 'TopK' | 'UnsortedSegmentSum'
  >,
  Rule
>;
