// The tensor leaves of a type: how plans, wires and engines see a value. A struct is its fields one after
// another; a dataset is its element's leaves, each with a leading axis of unknown length.
import { TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from './format.js';
import { structEntries, type TensorType, type Type, tensorType } from './types.js';

/**
 * The tensor types of a value's leaves, in order. A federated type gives its member's. Throws for functions, type
 * variables and sequences of sequences.
 */
export function leafTypes(type: Type): readonly TensorType[] {
  switch (type.kind) {
    case 'tensor':
      return [type];
    case 'struct':
      return structEntries(type).flatMap(([, field]) => leafTypes(field));
    case 'sequence':
      if (containsSequence(type.element)) {
        throw new TypeMismatchError(
          `Cannot list the leaves of ${formatType(type)}: a sequence must hold tensors or structs of tensors, not sequences`,
        );
      }
      return leafTypes(type.element).map((leaf) => tensorType(leaf.dtype, [null, ...leaf.shape]));
    case 'federated':
      return leafTypes(type.member);
    case 'function':
    case 'abstract':
      throw new TypeMismatchError(
        `Cannot list the leaves of ${formatType(type)}: need tensors, structs or sequences`,
      );
  }
}

/** How many leaves a value of the type has. */
export function leafCount(type: Type): number {
  return leafTypes(type).length;
}

/** Cuts leaves that stand one after another into parts of these lengths. */
export function splitLeaves<T>(leaves: readonly T[], counts: readonly number[]): readonly (readonly T[])[] {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return leaves.slice(end - count, end);
  });
}

function containsSequence(type: Type): boolean {
  if (type.kind === 'sequence') return true;
  return type.kind === 'struct' && structEntries(type).some(([, field]) => containsSequence(field));
}
