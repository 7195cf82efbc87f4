// Shape rules of kernels that reduce along axes, and of running sums. Axes come out sorted and counted from the
// front, whichever way they were written.
import type { GraphDType, ValueSpec } from '../kernel-graph.js';
import type { ReductionKernel } from '../kernels.js';
import {
  frontAxis,
  inputOf,
  numberOf,
  numbersOf,
  one,
  type ShapeCall,
  type ShapeRule,
} from './shape-rule.js';

/** The axes that `name` lists, sorted and counted from the front; all axes when it is absent. */
function axesOf(call: ShapeCall, name: string, rank: number): readonly number[] {
  const given = call.attributes[name];
  if (given === null || given === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const axes = numbersOf(call, name).map((axis) => frontAxis(axis, rank));
  return [...new Set(axes)].sort((a, b) => a - b);
}

function reducedShape(x: ValueSpec, axes: readonly number[], keepDims: boolean): readonly number[] {
  if (keepDims) return x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.shape.filter((_, axis) => !axes.includes(axis));
}

const reduce =
  (dtypeOf: (x: ValueSpec) => GraphDType, axisName = 'axis'): ShapeRule =>
  (call) => {
    const x = inputOf(call, 'x');
    const axes = axesOf(call, axisName, x.shape.length);
    const keepDims = call.attributes['keepDims'] === true;
    return one({ dtype: dtypeOf(x), shape: reducedShape(x, axes, keepDims) }, { [axisName]: axes, keepDims });
  };

/** Sums of booleans count: tf.js gives int32. */
const countable = (x: ValueSpec): GraphDType => (x.dtype === 'bool' ? 'int32' : x.dtype);
const same = (x: ValueSpec): GraphDType => x.dtype;

export const reductionRules: Record<ReductionKernel, ShapeRule> = {
  All: reduce(() => 'bool'),
  Any: reduce(() => 'bool'),
  Max: reduce(same, 'reductionIndices'),
  Mean: reduce(() => 'float32'),
  Min: reduce(same),
  Prod: reduce(countable),
  Sum: reduce(countable),
};

const argument: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  const axis = frontAxis(numbersOf(call, 'axis')[0] ?? 0, x.shape.length);
  if (x.shape[axis] === 0) {
    throw new RangeError(
      `Cannot find a position along an axis: it must have elements, got axis ${axis} of [${x.shape.join(', ')}]`,
    );
  }
  return one({ dtype: 'int32', shape: reducedShape(x, [axis], false) }, { axis });
};

const cumulative: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  const axis = frontAxis(numberOf(call, 'axis'), x.shape.length);
  const { exclusive, reverse } = call.attributes;
  return one(x, { axis, exclusive: exclusive === true, reverse: reverse === true });
};

export const otherReductionRules = {
  ArgMax: argument,
  ArgMin: argument,
  Cumprod: cumulative,
  Cumsum: cumulative,
  TopK: (call) => {
    const x = inputOf(call, 'x');
    const shape = [...x.shape.slice(0, -1), numberOf(call, 'k')];
    return {
      outputs: [
        { dtype: x.dtype, shape },
        { dtype: 'int32', shape },
      ],
    };
  },
} satisfies Record<string, ShapeRule>;
