// Lowering of reductions, positions of extremes, running sums and softmax.
import type { Kernel, ReductionKernel } from '../../graph/kernels.js';
import { attribute } from '../graph-builder.js';
import { type Rule, unsupported } from '../rule.js';

/** An ONNX Reduce operator over the axes in an attribute. */
const reduction =
  (op: string, axisAttribute = 'axis'): Rule =>
  (builder, call) => {
    const x = call.input('x');
    const axes = call.axes(axisAttribute, x.shape.length);
    if (axes.length === 0) return builder.unary('Identity', x);
    return builder.reduce(op, x, axes, call.flag('keepDims'));
  };

/** A reduction of booleans: as integers, 0 and 1. */
const ofBooleans =
  (op: string): Rule =>
  (builder, call) => {
    const x = builder.cast(call.input('x'), 'int32');
    const axes = call.axes('axis', x.shape.length);
    const reduced = axes.length === 0 ? x : builder.reduce(op, x, axes, call.flag('keepDims'));
    return builder.cast(reduced, 'bool');
  };

/** ArgMax and ArgMin: the first position of the extreme; ONNX counts in int64. */
const position =
  (op: string): Rule =>
  (builder, call) => {
    const x = call.input('x');
    const axis = call.axes('axis', x.shape.length)[0] ?? 0;
    const shape = x.shape.filter((_, other) => other !== axis);
    const attributes = { axis: attribute.int(axis), keepdims: attribute.int(0) };
    return builder.cast(builder.emitOne(op, [x], { dtype: 'int64', shape }, attributes), 'int32');
  };

export const reductionRules = {
  All: ofBooleans('ReduceMin'),
  Any: ofBooleans('ReduceMax'),
  Max: reduction('ReduceMax', 'reductionIndices'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Sum: reduction('ReduceSum'),
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Cumprod: unsupported('ONNX has no running product'),
  Cumsum: (builder, call) => {
    const x = call.input('x');
    const axis = builder.filled('int64', call.axes('axis', x.shape.length)[0] ?? 0);
    return builder.emitOne('CumSum', [x, axis], x, {
      exclusive: attribute.int(call.flag('exclusive') ? 1 : 0),
      reverse: attribute.int(call.flag('reverse') ? 1 : 0),
    });
  },
  Softmax: (builder, call) => builder.unary('Softmax', call.input('logits'), { axis: attribute.int(-1) }),
} as const satisfies Record<
  ReductionKernel | Extract<Kernel, 'ArgMax' | 'ArgMin' | 'Cumprod' | 'Cumsum' | 'Softmax'>,
  Rule
>;
