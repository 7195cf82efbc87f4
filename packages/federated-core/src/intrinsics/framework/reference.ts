// Arithmetic of the reference meaning, on plain arrays of numbers: short and slow on purpose, and apart from
// aggregations/, so that the two can be held against each other.
import {
  EmptyAggregateError,
  NonFiniteError,
  OverflowError,
  TypeMismatchError,
} from '../../errors/starling-error.js';
import type { IntrinsicExpression } from '../../expression/expression.js';
import { leafTypes } from '../../types/leaves.js';
import type { TensorType } from '../../types/types.js';
import { stackTensors } from '../../values/stack.js';
import { allocate, type Tensor } from '../../values/tensor.js';

/** The numbers of a leaf as float64; those of int64 as bigints. */
export type Numbers = readonly (number | bigint)[];

export function numbersOf(leaf: Tensor): Numbers {
  return Array.from(leaf.data as ArrayLike<number | bigint>);
}

/** Element by element sums of several leaves of one shape, from zero, first to last. */
export function sumOf(leaves: readonly Numbers[]): Numbers {
  const zeros = leaves[0]!.map((value) => (typeof value === 'bigint' ? 0n : 0));
  return leaves.reduce((total, leaf) => leaf.map((value, index) => plus(total[index]!, value)), zeros);
}

/** The updates of all lanes, which must be of one shape, leaf by leaf. */
export function sameShapes(
  lanes: readonly (readonly (readonly Tensor[])[])[],
): readonly (readonly Tensor[])[] {
  const updates = lanes.flat();
  const shapesOf = (update: readonly Tensor[] | undefined): string =>
    JSON.stringify(update?.map(({ shape }) => shape));
  const other = updates.find((update) => shapesOf(update) !== shapesOf(updates[0]));
  if (other !== undefined) {
    throw new TypeMismatchError(
      `Cannot aggregate updates: shapes must be equal, got ${shapesOf(updates[0])} and ${shapesOf(other)}`,
    );
  }
  return updates;
}

/** Lanes are summed each in order, then their sums in order: the order of every runtime. */
function sumLanes(lanes: readonly (readonly Numbers[])[]): Numbers {
  return sumOf(lanes.map(sumOf));
}

/**
 * One leaf of all updates, added up lane by lane; null when nobody has an element. An update that is empty, in an
 * unknown dimension, adds nothing; the others must be of one shape.
 */
export function sumLeaf(
  lanes: readonly (readonly (readonly Tensor[])[])[],
  leaf: number,
): { readonly shape: readonly number[]; readonly sums: Numbers } | null {
  const filled = lanes
    .map((lane) => lane.filter((update) => update[leaf]!.data.length > 0))
    .filter((lane) => lane.length > 0);
  const [first] = sameShapes(filled.map((lane) => lane.map((update) => [update[leaf]!])));
  if (first === undefined) return null;
  const rows = filled.map((lane) => lane.map((update) => numbersOf(update[leaf]!)));
  return { shape: first[0]!.shape, sums: sumLanes(rows) };
}

/** A tensor of `type` from numbers; integers out of range throw an `OverflowError`. */
export function tensorOf(type: TensorType, shape: readonly number[], numbers: Numbers): Tensor {
  const data = allocate(type.dtype, numbers.length) as (number | bigint)[] & Tensor['data'];
  numbers.forEach((value, index) => {
    data[index] = value;
    if (Number.isInteger(value) && !type.dtype.startsWith('float') && data[index] !== value) {
      throw new OverflowError(`Cannot report a sum: it must fit ${type.dtype}, got ${value}`);
    }
  });
  return { dtype: type.dtype, shape, data };
}

/** An aggregate, when all its numbers are finite. */
export function finite(intrinsic: string, leaves: readonly Tensor[]): readonly Tensor[] {
  for (const { dtype, data } of leaves) {
    const wrong =
      dtype.startsWith('float') && Array.from(data as ArrayLike<number>).find((one) => !Number.isFinite(one));
    if (wrong === false || wrong === undefined) continue;
    throw new NonFiniteError(
      'non-finite-aggregate',
      `Cannot evaluate ${intrinsic}: its numbers must be finite, got ${wrong}`,
    );
  }
  return leaves;
}

/** Zeros of `type`; unknown dimensions count 0. */
export function zerosOf(type: TensorType): Tensor {
  const shape = type.shape.map((dimension) => dimension ?? 0);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return { dtype: type.dtype, shape, data: allocate(type.dtype, size) };
}

/** Sums of int64 must fit 64 bits at every step, as they do while a runtime adds them up. */
function plus(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a !== 'bigint') return a + (b as number);
  const sum = a + (b as bigint);
  if (BigInt.asIntN(64, sum) === sum) return sum;
  throw new OverflowError(`Cannot add int64 values: the sum must fit 64 bits, got ${sum}`);
}

/** Element by element, the first of the clients' values that no later one replaces. */
export function referenceExtremum(
  call: IntrinsicExpression,
  lanes: readonly (readonly (readonly Tensor[])[])[],
  replaces: (next: number | bigint, best: number | bigint) => boolean,
): readonly Tensor[] {
  const updates = sameShapes(lanes);
  if (updates.length === 0) {
    if (call.settings.ifEmpty !== undefined) return call.settings.ifEmpty;
    throw new EmptyAggregateError(
      `Cannot evaluate ${call.intrinsic}: need at least one client, got none; give { ifEmpty } for a value`,
    );
  }
  return leafTypes(call.type).map((type, leaf) => {
    const rows = updates.map((update) => numbersOf(update[leaf]!));
    const best = rows.reduce((a, b) =>
      a.map((value, index) => (replaces(b[index]!, value) ? b[index]! : value)),
    );
    return tensorOf(type, updates[0]![leaf]!.shape, best);
  });
}

/** The datasets of all updates: each leaf stacked, in cohort order. */
export function referenceStack(
  types: readonly TensorType[],
  updates: readonly (readonly Tensor[])[],
): readonly Tensor[] {
  return types.map((type, leaf) =>
    stackTensors(
      type,
      updates.map((update) => update[leaf]!),
    ),
  );
}
