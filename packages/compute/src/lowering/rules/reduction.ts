// Lowering of reductions, positions of extremes, running sums and softmax.
import { sizeOf } from '@starling/federated-core/plan';
import type { OnnxDType, OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder, reducedShape } from '@starling/onnx';
import type { Kernel, ReductionKernel } from '../../graph/kernels.js';
import type { LoweringRule } from './lowering-rule.js';

type Numeric = Exclude<OnnxDType, 'string'>;

type Reduce = (builder: GraphBuilder, x: OnnxValue, axes: readonly number[], keepDims: boolean) => OnnxValue;

/** A reduction over the axes in an attribute; over no axis it changes nothing. */
const along =
  (reduce: Reduce, axisAttribute = 'axis'): LoweringRule =>
  (builder, call) => {
    const x = call.input('x');
    const axes = call.axes(axisAttribute, x.shape.length);
    if (axes.length > 0) return reduce(builder, x, axes, call.flag('keepDims'));
    return builder.cast(builder.unary('Identity', x), call.output.dtype as Numeric);
  };

/** Means are float32 whatever they are of. */
const mean: Reduce = (builder, x, axes, keepDims) =>
  builder.reduce('ReduceMean', builder.cast(x, 'float32'), axes, keepDims);

/** Sums of integers wrap modulo 2³², as in tf.js; on int32 ONNX runtimes stop at the ends of the range. */
const sum: Reduce = (builder, x, axes, keepDims) => {
  if (x.dtype === 'float32') return builder.reduce('ReduceSum', x, axes, keepDims);
  return builder.cast(builder.reduce('ReduceSum', builder.cast(x, 'int64'), axes, keepDims), 'int32');
};

/** Products of integers wrap modulo 2³² too: half of the elements times the other half, until one is left. */
const product: Reduce = (builder, x, axes, keepDims) => {
  if (x.dtype === 'float32') return builder.reduce('ReduceProd', x, axes, keepDims);
  const others = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const outer = sizeOf(others.map((axis) => x.shape[axis] as number));
  const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
  const shape = reducedShape(x.shape, axes, keepDims);
  if (count === 0 || outer === 0) return builder.expand(builder.filled('int32', 1), shape);
  const moved = builder.transpose(builder.cast(x, 'int32'), [...others, ...axes]);
  let width = 2 ** Math.ceil(Math.log2(count));
  const paddings: [number, number][] = [
    [0, 0],
    [0, width - count],
  ];
  let factors = builder.pad(builder.reshape(moved, [outer, count]), paddings, 1);
  while (width > 1) {
    width /= 2;
    const halves = [0, width].map((start) => builder.slice(factors, [1], [start], [width]));
    factors = builder.binary('Mul', halves[0] as OnnxValue, halves[1] as OnnxValue);
  }
  return builder.reshape(factors, shape);
};

/** Max and Min, NaN where any element is. */
const extreme =
  (op: 'ReduceMax' | 'ReduceMin'): Reduce =>
  (builder, x, axes, keepDims) => {
    const found = builder.reduce(op, x, axes, keepDims);
    if (x.dtype !== 'float32') return found;
    const hasNaN = builder.reduce('ReduceMax', nanMask(builder, x), axes, keepDims);
    return builder.where(builder.cast(hasNaN, 'bool'), builder.scalarLike(x, Number.NaN), found);
  };

/** 1 where an element is NaN, else 0. */
function nanMask(builder: GraphBuilder, x: OnnxValue): OnnxValue {
  return builder.cast(builder.emitOne('IsNaN', [x], { dtype: 'bool', shape: x.shape }), 'uint8');
}

/** A reduction of booleans: as integers, 0 and 1; that of none is what the others do not change. */
const ofBooleans =
  (op: 'ReduceMax' | 'ReduceMin'): Reduce =>
  (builder, x, axes, keepDims) => {
    if (sizeOf(x.shape) === 0) {
      const shape = reducedShape(x.shape, axes, keepDims);
      return builder.expand(builder.filled('bool', op === 'ReduceMin' ? 1 : 0), shape);
    }
    return builder.cast(builder.reduce(op, builder.cast(x, 'int32'), axes, keepDims), 'bool');
  };

/** ArgMax and ArgMin: the first position of the extreme, or of a NaN where there is one; ONNX counts in int64. */
const position =
  (op: 'ArgMax' | 'ArgMin'): LoweringRule =>
  (builder, call) => {
    const x = call.input('x');
    const axis = call.axes('axis', x.shape.length)[0] ?? 0;
    const shape = x.shape.filter((_, other) => other !== axis);
    const attributes = { axis: attribute.int(axis), keepdims: attribute.int(0) };
    const first = (kind: string, of: OnnxValue): OnnxValue =>
      builder.cast(builder.emitOne(kind, [of], { dtype: 'int64', shape }, attributes), 'int32');
    if (x.dtype !== 'float32') return first(op, x);
    const mask = nanMask(builder, x);
    const hasNaN = builder.cast(builder.reduce('ReduceMax', mask, [axis], false), 'bool');
    return builder.where(hasNaN, first('ArgMax', mask), first(op, x));
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
const runningProduct: LoweringRule = (builder, call) => {
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
  All: along(ofBooleans('ReduceMin')),
  Any: along(ofBooleans('ReduceMax')),
  Max: along(extreme('ReduceMax'), 'reductionIndices'),
  Mean: along(mean),
  Min: along(extreme('ReduceMin')),
  Prod: along(product),
  Sum: along(sum),
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
  LoweringRule
>;
