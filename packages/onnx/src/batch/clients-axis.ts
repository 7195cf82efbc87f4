// Where the clients stand in a value of a graph that works for many of them: before all its axes, or, where its first
// axis is the rows of a dataset, right behind that. Rows are then picked for all clients at once, and clients of one
// call have datasets of one length.
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxValue } from '../model/onnx-model.js';
import { CannotBatch } from './cannot-batch.js';

/** What a value of one client has become. */
export interface Batched {
  /** As one client has it. */
  readonly own: OnnxValue;
  /** In the new graph. */
  readonly value: OnnxValue;
  /** Whether each client has numbers of its own there; else the value is as it was, the same for all. */
  readonly isOwn: boolean;
}

/** Whether the first axis is the rows of a dataset. */
export const hasRows = ({ shape }: Pick<OnnxValue, 'shape'>): boolean => shape[0] === -1;

/** The axis of the clients in a value that each has its own of. */
export const clientsAxis = (own: Pick<OnnxValue, 'shape'>): 0 | 1 => (hasRows(own) ? 1 : 0);

/** The shape of a value once it is of many clients. */
export function batchedShape(own: Pick<OnnxValue, 'shape'>): readonly number[] {
  const { shape } = own;
  if (shape.some((size, axis) => size === 0 || (size < 0 && axis > 0))) {
    throw new CannotBatch(`a value has the shape [${shape.join(', ')}]`);
  }
  return hasRows(own) ? [-1, -1, ...shape.slice(1)] : [-1, ...shape];
}

/** An axis of a client's value, in that of many. */
export function movedAxis(own: Pick<OnnxValue, 'shape'>, axis: number): number {
  const positive = axis < 0 ? axis + own.shape.length : axis;
  return positive < clientsAxis(own) ? positive : positive + 1;
}

/** A reshape that keeps the axes before `sizes`: of the clients, or of rows and clients. */
export function reshapeOwn(builder: GraphBuilder, { own, value }: Batched, to: OnnxValue): OnnxValue {
  const shape = batchedShape(to);
  if (hasRows(own) !== hasRows(to)) throw new CannotBatch('the rows of a dataset are reshaped');
  const kept = shape.map((size, axis) => (axis <= clientsAxis(to) ? 0 : size));
  return builder.emitOne('Reshape', [value, builder.ints(kept)], { dtype: own.dtype, shape });
}

/** An operand so that it broadcasts against others to the batched form of `result` as it did to `result` itself. */
export function aligned(builder: GraphBuilder, batched: Batched, result: OnnxValue): OnnxValue {
  const { own, value, isOwn } = batched;
  const missing = result.shape.length - own.shape.length;
  if (!isOwn) {
    if (!hasRows(own)) {
      // A shared value whose first axis meets the rows would meet the clients now.
      if (hasRows(result) && missing === 0) return withAxis(builder, value, own, 1);
      return value;
    }
    if (missing === 0 && hasRows(result)) return withAxis(builder, value, own, 1);
    throw new CannotBatch('a dataset of the server meets values of clients');
  }
  if (hasRows(own)) {
    if (missing === 0) return value;
    throw new CannotBatch('the rows of a dataset are broadcast');
  }
  if (!hasRows(result)) {
    if (missing === 0) return value;
    const ones = Array<number>(missing).fill(1);
    return builder.emitOne('Reshape', [value, builder.ints([0, ...ones, ...own.shape])], {
      dtype: own.dtype,
      shape: [-1, ...ones, ...own.shape],
    });
  }
  // Against rows: the client's value has no axis of rows, or one of size 1.
  if (missing === 0 && own.shape[0] !== 1) throw new CannotBatch('a value is broadcast over rows');
  const rest = missing === 0 ? own.shape.slice(1) : [...Array<number>(missing - 1).fill(1), ...own.shape];
  return builder.emitOne('Reshape', [value, builder.ints([0, ...rest])], {
    dtype: own.dtype,
    shape: [-1, ...rest],
  });
}

/** The value with an axis of size 1 put in. */
function withAxis(builder: GraphBuilder, value: OnnxValue, own: OnnxValue, axis: number): OnnxValue {
  const shape = [...own.shape.slice(0, axis), 1, ...own.shape.slice(axis)];
  return builder.emitOne('Unsqueeze', [value, builder.ints([axis])], { dtype: own.dtype, shape });
}

/** A shared value as each client's own. `clients`: int64 [1], how many there are. */
export function spread(builder: GraphBuilder, batched: Batched, clients: OnnxValue): OnnxValue {
  const { own, value, isOwn } = batched;
  if (isOwn) return value;
  if (hasRows(own)) throw new CannotBatch('a dataset of the server is given to clients');
  const { shape } = own;
  const sizes =
    shape.length === 0
      ? clients
      : builder.emitOne(
          'Concat',
          [clients, builder.ints(shape)],
          { dtype: 'int64', shape: [shape.length + 1] },
          { axis: attribute.int(0) },
        );
  return builder.emitOne('Expand', [value, sizes], { dtype: own.dtype, shape: batchedShape(own) });
}
