// Lowering of reductions, positions of extremes, running sums and softmax.
import type { Kernel, ReductionKernel } from '../../graph/kernels.js';
import { attribute, type GraphBuilder } from '../graph-builder.js';
import type { OnnxValue } from '../onnx-model.js';
import type { Rule } from '../rule.js';

/** An ONNX Reduce operator over the axes in an attribute; means are float32 whatever they are of. */
const reduction =
  (op: string, axisAttribute = 'axis'): Rule =>
  (builder, call) => {
    const given = call.input('x');
    const x = op === 'ReduceMean' ? builder.cast(given, 'float32') : given;
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

/** `x` moved along an axis towards its end (or, reversed, its start); ones enter. */
function moved(
  builder: GraphBuilder,
  x: OnnxValue,
  axis: number,
  places: number,
  reverse: boolean,
): OnnxValue {
  const kept = (x.shape[axis] as number) - places;
  if (kept <= 0) return builder.expand(builder.scalarLike(x, 1), x.shape);
  const paddings = x.shape.map((_, each): readonly [number, number] => {
    if (each !== axis) return [0, 0];
    return reverse ? [0, places] : [places, 0];
  });
  return builder.pad(builder.slice(x, [axis], [reverse ? places : 0], [kept]), paddings, 1);
}

/** ONNX has no running product: y ← y · (y moved by 1, 2, 4, … places) is one after log₂ of the size steps. */
const runningProduct: Rule = (builder, call) => {
  const x = call.input('x');
  const axis = call.axes('axis', x.shape.length)[0] ?? 0;
  const reverse = call.flag('reverse');
  let running = call.flag('exclusive') ? moved(builder, x, axis, 1, reverse) : x;
  for (let places = 1; places < (x.shape[axis] as number); places *= 2) {
    running = builder.binary('Mul', running, moved(builder, running, axis, places, reverse));
  }
  return running;
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
  Cumprod: runningProduct,
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
