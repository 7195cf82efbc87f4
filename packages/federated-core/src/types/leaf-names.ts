// Names for the leaves of a type: the path to each, as errors and a checkpoint's reader have it.
import { structEntries, type Type } from './types.js';

/** `model.weights.0` for the first position of the field `weights` of `model`; `value` for a bare tensor. */
export function leafNames(type: Type): readonly string[] {
  return paths(type, []).map((path) => (path.length === 0 ? 'value' : path.join('.')));
}

/** ` in model.weights.0`, for the end of an error about the leaf at this position; empty for a bare tensor. */
export function leafPlace(type: Type, leaf: number): string {
  const path = paths(type, [])[leaf] ?? [];
  return path.length === 0 ? '' : ` in ${path.join('.')}`;
}

function paths(type: Type, path: readonly string[]): readonly (readonly string[])[] {
  switch (type.kind) {
    case 'struct':
      return structEntries(type).flatMap(([name, field], index) =>
        paths(field, [...path, name ?? String(index)]),
      );
    case 'sequence':
      return paths(type.element, path);
    case 'federated':
      return paths(type.member, path);
    default:
      return [path];
  }
}
