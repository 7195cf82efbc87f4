// Shape rules of kernels that move, repeat, pick or make elements without computing on them.
import { sizeOf } from '@starling/federated-core/plan';
import type { Attribute, GraphDType, ValueSpec } from '../kernel-graph.js';
import {
  frontAxis,
  inputOf,
  numberOf,
  numbersOf,
  one,
  type ShapeCall,
  type ShapeRule,
} from './shape-rule.js';

/** A shape in which at most one −1 stands for whatever is left over. */
function resolvedShape(shape: readonly number[], x: ValueSpec): readonly number[] {
  const known = shape.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const resolved = shape.map((size) => (size === -1 ? (known === 0 ? 0 : sizeOf(x.shape) / known) : size));
  if (sizeOf(resolved) !== sizeOf(x.shape)) {
    throw new RangeError(
      `Cannot reshape: sizes must be equal, got [${x.shape.join(', ')}] and [${shape.join(', ')}]`,
    );
  }
  return resolved;
}

const reshape: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  const shape = resolvedShape(numbersOf(call, 'shape'), x);
  return one({ dtype: x.dtype, shape }, { shape });
};

const slice: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  const begin = numbersOf(call, 'begin');
  const size = x.shape.map((whole, axis) => {
    const wanted = numbersOf(call, 'size')[axis] ?? -1;
    return wanted === -1 ? whole - (begin[axis] ?? 0) : wanted;
  });
  const start = x.shape.map((_, axis) => begin[axis] ?? 0);
  for (const [axis, whole] of x.shape.entries()) {
    if ((start[axis] ?? 0) < 0 || (size[axis] ?? 0) < 0 || (start[axis] ?? 0) + (size[axis] ?? 0) > whole) {
      throw new RangeError(
        `Cannot slice: begin [${start.join(', ')}] and size [${size.join(', ')}] must lie within [${x.shape.join(', ')}]`,
      );
    }
  }
  return one({ dtype: x.dtype, shape: size }, { begin: start, size });
};

const concat: ShapeRule = (call) => {
  const tensors = call.inputs['tensors'] as readonly ValueSpec[];
  const first = tensors[0] as ValueSpec;
  const axis = frontAxis(numberOf(call, 'axis'), first.shape.length);
  const total = tensors.reduce((sum, each) => sum + (each.shape[axis] ?? 0), 0);
  return one(
    { dtype: first.dtype, shape: first.shape.map((size, i) => (i === axis ? total : size)) },
    { axis },
  );
};

const gather: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  const indices = inputOf(call, 'indices');
  const axis = frontAxis(numberOf(call, 'axis'), x.shape.length);
  const batchDims = (call.attributes['batchDims'] as number | undefined) ?? 0;
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return one({ dtype: x.dtype, shape }, { axis, batchDims });
};

function pairsOf(call: ShapeCall, name: string): readonly (readonly [number, number])[] {
  return call.attributes[name] as unknown as readonly (readonly [number, number])[];
}

const pad: ShapeRule = (call) => {
  const x = inputOf(call, 'x');
  const paddings = pairsOf(call, 'paddings');
  return one({
    dtype: x.dtype,
    shape: x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)),
  });
};

export const movementRules = {
  Concat: concat,
  Fill: (call) => one({ dtype: call.attributes['dtype'] as GraphDType, shape: numbersOf(call, 'shape') }),
  GatherNd: (call) => {
    const params = inputOf(call, 'params');
    const indices = inputOf(call, 'indices');
    const depth = indices.shape.at(-1) ?? 0;
    return one({
      dtype: params.dtype,
      shape: [...indices.shape.slice(0, -1), ...params.shape.slice(depth)],
    });
  },
  GatherV2: gather,
  OneHot: (call) => {
    const { dtype = 'float32', onValue = 1, offValue = 0 } = call.attributes as Record<string, Attribute>;
    const depth = numberOf(call, 'depth');
    return one(
      { dtype: dtype as GraphDType, shape: [...inputOf(call, 'indices').shape, depth] },
      { depth, onValue, offValue, dtype },
    );
  },
  PadV2: pad,
  Reshape: reshape,
  Reverse: (call) => {
    const x = inputOf(call, 'x');
    // Without an axis, tf.reverse turns all of them.
    const given = call.attributes['dims'] ?? [...x.shape.keys()];
    const dims = numbersOf({ ...call, attributes: { dims: given } }, 'dims');
    return one(x, { dims: dims.map((axis) => frontAxis(axis, x.shape.length)) });
  },
  ScatterNd: (call) => {
    const shape = numbersOf(call, 'shape');
    return one({ dtype: inputOf(call, 'updates').dtype, shape }, { shape });
  },
  Slice: slice,
  Tile: (call) => {
    const x = inputOf(call, 'x');
    const reps = numbersOf(call, 'reps');
    return one({ dtype: x.dtype, shape: x.shape.map((size, axis) => size * (reps[axis] ?? 1)) }, { reps });
  },
  Transpose: (call) => {
    const x = inputOf(call, 'x');
    const perm = numbersOf(call, 'perm').map((axis) => frontAxis(axis, x.shape.length));
    return one({ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] ?? 0) }, { perm });
  },
  UnsortedSegmentSum: (call) => {
    const x = inputOf(call, 'x');
    const rows = inputOf(call, 'segmentIds').shape.length;
    return one({ dtype: x.dtype, shape: [numberOf(call, 'numSegments'), ...x.shape.slice(rows)] });
  },
} satisfies Record<string, ShapeRule>;
