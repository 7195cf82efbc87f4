// Matches the types of arguments against a signature with type variables, such as
// `(<(T -> U),{T}@CLIENTS> -> {U}@CLIENTS)`, and fills in its result: how every intrinsic is checked.
import { isAssignable } from './relations.js';
import { bounded, type FunctionType, type StructType, struct, structEntries, type Type } from './types.js';

/** What the type variables of a signature stand for. */
export type Bindings = ReadonlyMap<string, Type>;

/**
 * The bindings that make `source` acceptable where `target` is expected, or `null`. A variable is bound where it is met
 * first; later uses must fit.
 */
export function unify(target: Type, source: Type): Bindings | null {
  const bindings = new Map<string, Type>();
  return match(target, source, bindings, 'gives') ? bindings : null;
}

/**
 * How far the fields of `source` fit those of `target`, in order: the first that does not, and what it would have to
 * be, with the type variables that the fields before it have bound. For errors.
 */
export function firstMisfit(
  target: readonly Type[],
  source: readonly Type[],
): { readonly index: number; readonly needed: Type } | null {
  const bindings = new Map<string, Type>();
  for (const [index, needed] of target.entries()) {
    const before = new Map(bindings);
    const given = source[index];
    if (given === undefined || !match(needed, given, bindings, 'gives')) {
      return { index, needed: substitute(needed, before) };
    }
  }
  return null;
}

/** `type` with its type variables replaced; unbound ones stay. */
export function substitute(type: Type, bindings: Bindings): Type {
  switch (type.kind) {
    case 'abstract':
      return bindings.get(type.label) ?? type;
    case 'tensor':
      return type;
    case 'sequence':
      return bounded({ ...type, element: substitute(type.element, bindings) });
    case 'federated':
      return bounded({ ...type, member: substitute(type.member, bindings) });
    case 'function': {
      const parameter = type.parameter === null ? null : substitute(type.parameter, bindings);
      return bounded({ ...type, parameter, result: substitute(type.result, bindings) });
    }
    case 'struct':
      return mapFields(type, (field) => substitute(field, bindings));
  }
}

/** A struct of the same names (or positions), with other fields. */
export function mapFields(type: StructType, change: (field: Type) => Type): StructType {
  if (Array.isArray(type.elements)) {
    return struct((type.elements as readonly Type[]).map(change));
  }
  const fields = structEntries(type).map(([name, field]) => [name as string, change(field)] as const);
  return struct(Object.fromEntries(fields));
}

/** Whether the argument gives values to the signature, or takes them (as a function's parameter does). */
type Direction = 'gives' | 'takes';

function match(target: Type, source: Type, bindings: Map<string, Type>, direction: Direction): boolean {
  switch (target.kind) {
    case 'abstract': {
      const bound = bindings.get(target.label);
      if (bound === undefined) {
        bindings.set(target.label, source);
        return true;
      }
      return direction === 'gives' ? fits(bound, source) : fits(source, bound);
    }
    case 'tensor':
      return direction === 'gives' ? isAssignable(target, source) : isAssignable(source, target);
    case 'struct': {
      if (source.kind !== 'struct') return false;
      const targets = structEntries(target);
      const sources = structEntries(source);
      return (
        targets.length === sources.length &&
        targets.every(([, field], index) => match(field, sources[index]![1], bindings, direction))
      );
    }
    case 'sequence':
      return source.kind === 'sequence' && match(target.element, source.element, bindings, direction);
    case 'federated':
      return (
        source.kind === 'federated' &&
        source.placement === target.placement &&
        (source.allEqual || !target.allEqual) &&
        match(target.member, source.member, bindings, direction)
      );
    case 'function':
      return source.kind === 'function' && matchFunction(target, source, bindings, direction);
  }
}

function matchFunction(
  target: FunctionType,
  source: FunctionType,
  bindings: Map<string, Type>,
  direction: Direction,
): boolean {
  const reverse = direction === 'gives' ? 'takes' : 'gives';
  if (target.parameter === null || source.parameter === null) {
    if (target.parameter !== source.parameter) return false;
  } else if (!match(target.parameter, source.parameter, bindings, reverse)) return false;
  return match(target.result, source.result, bindings, direction);
}

/**
 * Assignable, taking the fields of structs by position: what crosses between computations is leaves in order,
 * and the parameter names of a local computation are its own affair.
 */
function fits(target: Type, source: Type): boolean {
  if (target.kind === 'struct' && source.kind === 'struct') {
    const targets = structEntries(target);
    const sources = structEntries(source);
    return (
      targets.length === sources.length &&
      targets.every(([name, field], index) => {
        const [sourceName, sourceField] = sources[index]!;
        const namesFit = name === null || sourceName === null || name === sourceName;
        return namesFit && fits(field, sourceField);
      })
    );
  }
  return isAssignable(target, source);
}
