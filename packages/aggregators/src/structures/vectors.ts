// An update as one vector of all its numbers, inside a local computation, and back.
import { type TensorStructure, tf } from '@starling/compute';
import { formatType, type TensorType, type Type } from '@starling/federated-core';
import { leafTypes, optionError, sizeOf } from '@starling/federated-core/plan';
import { leavesOf, mapStructure, placesIn } from './structures.js';

/** How many numbers each tensor of an update has; throws a `RangeError` unless all are float32 of a known shape. */
export function sizesOf(action: string, update: Type): readonly number[] {
  return leafTypes(update).map((leaf) => {
    const { dtype, shape } = leaf;
    if (dtype === 'float32' && !shape.includes(null)) return sizeOf(shape as readonly number[]);
    throw optionError(`${action}: tensors must be float32 of a known shape, got ${formatType(leaf)}`);
  });
}

/** The numbers of all tensors, in order. */
export function toVector(value: TensorStructure): tf.Tensor {
  return tf.concat(leavesOf(value).map((leaf) => tf.reshape(leaf, [leaf.size])));
}

/** The update that a vector of at least its numbers begins with; `leaves`: the types of its tensors. */
export function fromVector(
  vector: tf.Tensor,
  update: Type,
  leaves: readonly Pick<TensorType, 'shape'>[],
): TensorStructure {
  let [leaf, start] = [0, 0];
  return mapStructure(() => {
    const shape = leaves[leaf++]!.shape as readonly number[];
    const size = sizeOf(shape);
    const part = tf.reshape(tf.slice(vector, start, size), [...shape]);
    start += size;
    return part;
  }, placesIn(update));
}
