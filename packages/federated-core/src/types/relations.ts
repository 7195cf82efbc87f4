// How types relate: which values may stand where another type is expected, and which types are the same.
import { type StructType, structEntries, type TensorType, type Type } from './types.js';

/**
 * Whether every value of `source` may stand where a `target` is expected: an unknown dimension takes any
 * size, `{T}@CLIENTS` takes an all-equal value, a revealing place takes what is aggregated only, a struct of positions
 * takes named fields, and functions may accept more and give less.
 */
export function isAssignable(target: Type, source: Type): boolean {
  if (target.kind === 'tensor' && source.kind === 'tensor') return isTensorAssignable(target, source);
  if (target.kind === 'struct' && source.kind === 'struct') return isStructAssignable(target, source);
  if (target.kind === 'sequence' && source.kind === 'sequence') {
    return isAssignable(target.element, source.element);
  }
  if (target.kind === 'function' && source.kind === 'function') {
    if (target.parameter === null || source.parameter === null) {
      return target.parameter === source.parameter && isAssignable(target.result, source.result);
    }
    return isAssignable(source.parameter, target.parameter) && isAssignable(target.result, source.result);
  }
  if (target.kind === 'federated' && source.kind === 'federated') {
    return (
      target.placement === source.placement &&
      (source.allEqual || !target.allEqual) &&
      (source.disclosure === 'aggregated' || target.disclosure === 'revealing') &&
      isAssignable(target.member, source.member)
    );
  }
  return target.kind === 'abstract' && source.kind === 'abstract' && target.label === source.label;
}

/** Whether each is assignable to the other: the same type. */
export function isEquivalent(a: Type, b: Type): boolean {
  return isAssignable(a, b) && isAssignable(b, a);
}

function isTensorAssignable(target: TensorType, source: TensorType): boolean {
  return (
    target.dtype === source.dtype &&
    target.shape.length === source.shape.length &&
    target.shape.every((dimension, axis) => dimension === null || dimension === source.shape[axis])
  );
}

function isStructAssignable(target: StructType, source: StructType): boolean {
  const targets = structEntries(target);
  const sources = structEntries(source);
  return (
    targets.length === sources.length &&
    targets.every(([name, type], index) => {
      const [sourceName, sourceType] = sources[index]!;
      return (name === null || name === sourceName) && isAssignable(type, sourceType);
    })
  );
}
