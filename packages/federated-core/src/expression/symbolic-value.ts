// What the body of a federated computation gets in place of values: an expression and its type. The type is
// also a TypeScript type, so that a placement mistake is a red line in the editor.

import { describeValue, isPlain } from '../errors/describe-value.js';
import { refusesMissing } from '../errors/missing-fields.js';
import { didYouMean } from '../errors/nearest-name.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { StarlingError, TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import {
  type FederatedType,
  type StructElements,
  type StructType,
  struct,
  structEntries,
  type Type,
} from '../types/types.js';
import type { Expression } from './expression.js';

export class SymbolicValue<T extends Type = Type> {
  readonly type: T;
  readonly expression: Expression;

  constructor(type: T, expression: Expression) {
    this.type = type;
    this.expression = expression;
  }

  /** `if (value > 3)` and the like in the body of a federated computation: the value is not there yet. */
  [Symbol.toPrimitive](): never {
    throw new StarlingError(
      'symbolic-value',
      `Cannot compute with a value of ${formatType(this.type)} here: need a local computation mapped over it (federatedMap), got it read while tracing${atLocation(sourceLocation())}`,
    );
  }

  toString(): string {
    return formatType(this.type);
  }

  /** What `console.log` of Node shows: the type, as the value is not there yet. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `a value of ${formatType(this.type)}, which is being traced`;
  }
}

/** A field that is read with a dot, or a method of arrays: undefined would fail somewhere else. */
function noSuchField(name: string, value: SymbolicValue): StarlingError {
  const member = value.type.kind === 'federated' ? value.type.member : value.type;
  const fields = member.kind === 'struct' ? structEntries(member).map(([field]) => String(field)) : [];
  const need = fields.includes(name)
    ? `field(value, '${name}')`
    : 'an intrinsic, such as federatedMap(compute, value)';
  const near = fields.includes(name) ? '' : didYouMean(name, fields);
  return new StarlingError(
    'symbolic-value',
    `Cannot read ${name} of a value of ${formatType(value.type)}: need ${need}, as the value is not there while tracing, got .${name}${near}${atLocation(sourceLocation())}`,
  );
}

Object.setPrototypeOf(
  SymbolicValue.prototype,
  refusesMissing((name, value) => noSuchField(name, value as SymbolicValue)),
);

/** One value, or a record or list of them. */
export type Composed<V> = V | readonly Composed<V>[] | { readonly [name: string]: Composed<V> };

/** The type of what a body returns: a record becomes a struct. */
export type TypeOfComposed<C> = C extends SymbolicValue<infer T> ? T : StructOfFields<C>;

/** Spelled out rather than as StructType<…>, so that TypeScript puts off the recursion. */
export interface StructOfFields<C> {
  readonly kind: 'struct';
  readonly elements: C extends object ? { readonly [K in keyof C]: TypeOfComposed<C[K]> } : never;
}

/** The field of a struct at the type level. */
type FieldOf<T, K> = T extends StructType<infer E> ? (K extends keyof E ? Extract<E[K], Type> : Type) : Type;

/** The names of a struct's fields, or its positions; any where TypeScript does not know them. */
export type FieldNames<T> = Type extends T
  ? string | number
  : T extends FederatedType<infer M>
    ? FieldNames<M>
    : T extends { readonly kind: 'struct'; readonly elements: infer E }
      ? StructElements extends E
        ? string | number
        : E extends readonly unknown[]
          ? PositionsIn<E>
          : keyof E & string
      : 'need a struct, to take a field of';

type PositionsIn<E extends readonly unknown[]> = number extends E['length']
  ? number
  : { [K in keyof E]: K extends `${infer N extends number}` ? N : never }[number];

/** A field of a struct value; of a federated value, that field of every member. */
export function field<T extends Type, const K extends FieldNames<T>>(
  value: SymbolicValue<T>,
  name: K,
): T extends FederatedType<infer M, infer P, infer A, infer D>
  ? SymbolicValue<FederatedType<FieldOf<M, K>, P, A, D>>
  : SymbolicValue<FieldOf<T, K>>;
export function field(value: SymbolicValue, name: string | number): SymbolicValue {
  if (!(value instanceof SymbolicValue)) {
    throw new TypeMismatchError(
      `Cannot take field ${name}: need a value of the computation, got ${describeValue(value)}${atLocation(sourceLocation())}`,
    );
  }
  const { type } = value;
  const owner = type.kind === 'federated' ? type.member : type;
  const entries = owner.kind === 'struct' ? structEntries(owner) : [];
  const index = entries.findIndex(([key], position) => (key ?? position) === name);
  const entry = entries[index];
  if (entry === undefined) {
    const near = didYouMean(
      String(name),
      entries.map(([key], position) => String(key ?? position)),
    );
    throw new TypeMismatchError(
      `Cannot take field ${name}: need a struct that has it, got ${formatType(type)}${near}${atLocation(sourceLocation())}`,
    );
  }
  const fieldType: Type = type.kind === 'federated' ? { ...type, member: entry[1] } : entry[1];
  return new SymbolicValue(fieldType, {
    kind: 'selection',
    source: value.expression,
    index,
    type: fieldType,
  });
}

/**
 * The expression of a value, or of a record or list of values: what the body of the computation `name` returned.
 * `path` leads to the part at fault, for errors.
 */
export function expressionOf(composed: Composed<SymbolicValue>, name: string, path = ''): Expression {
  if (composed instanceof SymbolicValue) return composed.expression;
  if (typeof composed !== 'object' || composed === null || !(Array.isArray(composed) || isPlain(composed))) {
    const what = path === '' ? 'its body must return' : `${path} of what its body returns must be`;
    throw new TypeMismatchError(
      `Cannot trace ${name}: ${what} a federated value, or a record or list of them, got ${describeValue(composed)}${atLocation(sourceLocation())}`,
    );
  }
  if (Array.isArray(composed)) {
    const elements = (composed as readonly Composed<SymbolicValue>[]).map((part, index) =>
      expressionOf(part, name, `${path}[${index}]`),
    );
    return { kind: 'struct', elements, type: struct(elements.map(({ type }) => type)) };
  }
  const entries = Object.entries(composed as { readonly [name: string]: Composed<SymbolicValue> }).map(
    ([key, part]) => [key, expressionOf(part, name, path === '' ? key : `${path}.${key}`)] as const,
  );
  return {
    kind: 'struct',
    elements: entries.map(([, element]) => element),
    type: struct(Object.fromEntries(entries.map(([key, { type }]) => [key, type]))),
  };
}
