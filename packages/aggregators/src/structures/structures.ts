// Updates inside a local computation, whatever their type: leaves of a structure, and a structure with other leaves.
import { type TensorStructure, tf } from '@starling/compute';
import type { Type } from '@starling/federated-core';

/** The tensors of a structure, in order. */
export function leavesOf(structure: TensorStructure): readonly tf.Tensor[] {
  if (structure instanceof tf.Tensor) return [structure];
  if (typeof structure !== 'object') return [tf.scalar(structure)];
  return Object.values<TensorStructure>(structure).flatMap(leavesOf);
}

/** A structure of the same form, each tensor changed. */
export function mapStructure(
  change: (tensor: tf.Tensor) => tf.Tensor,
  structure: TensorStructure,
): TensorStructure {
  if (structure instanceof tf.Tensor) return change(structure);
  if (typeof structure !== 'object') return change(tf.scalar(structure));
  if (Array.isArray(structure)) return structure.map((part) => mapStructure(change, part));
  return Object.fromEntries(
    Object.entries<TensorStructure>(structure as { readonly [name: string]: TensorStructure }).map(
      ([name, part]) => [name, mapStructure(change, part)],
    ),
  );
}

/** A tree of the form of a type, with values in the places of its tensors. */
export type TreeOf<V> = V | readonly TreeOf<V>[] | { readonly [name: string]: TreeOf<V> };

/** The tree of what `leaf` makes of each tensor of a type. */
export function mapType<V>(leaf: (type: Type) => V, type: Type): TreeOf<V> {
  if (type.kind !== 'struct') return leaf(type);
  const fields = type.elements as readonly Type[] | { readonly [name: string]: Type };
  if (Array.isArray(fields)) return (fields as readonly Type[]).map((one) => mapType(leaf, one));
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, mapType(leaf, one as Type)]));
}

/** A structure of the form of a type, with a number in the place of each tensor. */
export function placesIn(type: Type): TensorStructure {
  return mapType(() => 0, type) as TensorStructure;
}
