// The float64 reference of kernels that move, pick, scatter or make elements.
import { sizeOf } from '@starling/federated-core/plan';
import type { Kernel } from '../../graph/kernels.js';
import {
  at,
  filled,
  inputOf,
  listOf,
  numberOf,
  offsetOf,
  positions,
  type Reference,
  shapeOf,
  type Values,
  wrap,
} from './values.js';

/** Each element of the result is the input's element at another position. */
const moved =
  (from: (position: readonly number[], call: Parameters<Reference>[0]) => readonly number[]): Reference =>
  (call) => [filled(shapeOf(call), (position) => at(inputOf(call), from(position, call)))];

const concat: Reference = (call) => {
  const tensors = call.inputs['tensors'] as readonly Values[];
  const axis = numberOf(call, 'axis');
  return [
    filled(shapeOf(call), (position) => {
      let along = position[axis] as number;
      const part = tensors.find(({ shape }) => {
        if (along < (shape[axis] as number)) return true;
        along -= shape[axis] as number;
        return false;
      }) as Values;
      return at(
        part,
        position.map((place, other) => (other === axis ? along : place)),
      );
    }),
  ];
};

const gather: Reference = (call) => {
  const [x, indices] = [inputOf(call), inputOf(call, 'indices')];
  const [axis, batchDims] = [numberOf(call, 'axis'), numberOf(call, 'batchDims')];
  const depth = indices.shape.length - batchDims;
  return [
    filled(shapeOf(call), (position) => {
      const index = at(indices, [...position.slice(0, batchDims), ...position.slice(axis, axis + depth)]);
      return at(x, [...position.slice(0, axis), index, ...position.slice(axis + depth)]);
    }),
  ];
};

/** Adds each update to the element at its position, which is `null` if it is left out. */
function scattered(
  shape: readonly number[],
  updates: Values,
  positionOf: (position: readonly number[]) => readonly number[] | null,
): { data: Float64Array; terms: Float64Array } {
  const data = new Float64Array(sizeOf(shape));
  const terms = new Float64Array(data.length);
  for (const position of positions(updates.shape)) {
    const to = positionOf(position);
    if (to === null) continue;
    const [offset, update] = [offsetOf(shape, to), at(updates, position)];
    const sum = (data[offset] as number) + update;
    data[offset] = updates.dtype === 'int32' ? wrap(BigInt(sum)) : sum;
    terms[offset] = (terms[offset] as number) + Math.abs(update);
  }
  return { data, terms };
}

/** The row of indices at the first axes of a position. */
const indicesAt = (indices: Values, position: readonly number[]): readonly number[] => {
  const lead = position.slice(0, indices.shape.length - 1);
  return Array.from({ length: indices.shape.at(-1) as number }, (_, each) => at(indices, [...lead, each]));
};

export const movementReferences = {
  Concat: concat,
  Fill: (call) => [filled(shapeOf(call), () => numberOf(call, 'value'))],
  GatherNd: (call) => {
    const [params, indices] = [inputOf(call, 'params'), inputOf(call, 'indices')];
    const lead = indices.shape.length - 1;
    return [
      filled(shapeOf(call), (position) =>
        at(params, [...indicesAt(indices, position), ...position.slice(lead)]),
      ),
    ];
  },
  GatherV2: gather,
  OneHot: (call) => {
    const indices = inputOf(call, 'indices');
    const [on, off] = [numberOf(call, 'onValue', 1), numberOf(call, 'offValue')];
    return [
      filled(shapeOf(call), (position) =>
        at(indices, position.slice(0, -1)) === position.at(-1) ? on : off,
      ),
    ];
  },
  PadV2: (call) => {
    const x = inputOf(call);
    const before = (call.attributes['paddings'] as readonly (readonly number[])[]).map(
      (pair) => pair[0] as number,
    );
    return [
      filled(shapeOf(call), (position) => {
        const inside = position.map((place, axis) => place - (before[axis] as number));
        const isInside = inside.every((place, axis) => place >= 0 && place < (x.shape[axis] as number));
        return isInside ? at(x, inside) : numberOf(call, 'constantValue');
      }),
    ];
  },
  Reshape: (call) => [{ data: Float64Array.from(inputOf(call).data) }],
  Reverse: moved((position, call) =>
    position.map((place, axis) =>
      listOf(call, 'dims').includes(axis) ? (inputOf(call).shape[axis] as number) - 1 - place : place,
    ),
  ),
  ScatterNd: (call) => {
    const indices = inputOf(call, 'indices');
    const lead = indices.shape.length - 1;
    return [
      scattered(shapeOf(call), inputOf(call, 'updates'), (position) => [
        ...indicesAt(indices, position),
        ...position.slice(lead),
      ]),
    ];
  },
  Slice: moved((position, call) =>
    position.map((place, axis) => place + (listOf(call, 'begin')[axis] as number)),
  ),
  Tile: moved((position, call) =>
    position.map((place, axis) => place % (inputOf(call).shape[axis] as number)),
  ),
  Transpose: moved((position, call) => {
    const perm = listOf(call, 'perm');
    return perm.map((_, axis) => position[perm.indexOf(axis)] as number);
  }),
  UnsortedSegmentSum: (call) => {
    const [x, ids] = [inputOf(call), inputOf(call, 'segmentIds')];
    const segments = numberOf(call, 'numSegments');
    return [
      scattered(shapeOf(call), x, (position) => {
        const id = at(ids, position.slice(0, ids.shape.length));
        return id >= 0 && id < segments ? [id, ...position.slice(ids.shape.length)] : null;
      }),
    ];
  },
} satisfies { readonly [K in Kernel]?: Reference };
