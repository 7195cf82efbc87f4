// Values to leaves and back, led by the type (see types/leaves.ts).
import { TypeMismatchError, ValueError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { structEntries, type Type } from '../types/types.js';
import type { Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/** The leaves of a value of `type`, in order. The value is taken as checked (see `toValue`). */
export function flatten(type: Type, value: Value): readonly Tensor[] {
  const leaves: Tensor[] = [];
  collect(type, value, leaves);
  return leaves;
}

function collect(type: Type, value: Value, leaves: Tensor[]): void {
  switch (type.kind) {
    case 'tensor':
      leaves.push(value as Tensor);
      return;
    case 'struct':
      structEntries(type).forEach(([name, field], index) => {
        const part = (value as Record<string | number, Value>)[name ?? index];
        if (part === undefined) {
          throw new ValueError(
            String(name ?? index),
            `Cannot flatten a value of ${formatType(type)}: field ${name ?? index} is missing`,
          );
        }
        collect(field, part, leaves);
      });
      return;
    case 'sequence':
      collect(type.element, (value as Dataset).columns, leaves);
      return;
    case 'federated':
      collect(type.member, value, leaves);
      return;
    case 'function':
    case 'abstract':
      throw new TypeMismatchError(`Cannot flatten a value of ${formatType(type)}: it has no tensors`);
  }
}

/** The value of `type` that has these leaves; throws a `TypeMismatchError` when their number is not the type's. */
export function unflatten(type: Type, leaves: readonly Tensor[]): Value {
  let next = 0;
  const build = (current: Type): Value => {
    switch (current.kind) {
      case 'tensor':
        return leaves[next++]!;
      case 'struct': {
        const entries = structEntries(current);
        const values = entries.map(([, field]) => build(field));
        if (Array.isArray(current.elements)) return values;
        return Object.fromEntries(entries.map(([name], index) => [name as string, values[index]!]));
      }
      case 'sequence': {
        const length = leaves[next]?.shape[0] ?? 0;
        return { length, columns: build(current.element) };
      }
      case 'federated':
        return build(current.member);
      case 'function':
      case 'abstract':
        throw new TypeMismatchError(`Cannot build a value of ${formatType(current)}: it has no tensors`);
    }
  };
  const value = build(type);
  if (next === leaves.length) return value;
  throw new TypeMismatchError(
    `Cannot build a value of ${formatType(type)}: need ${next} leaves, got ${leaves.length}`,
  );
}
