// `federatedZip`: several values of one placement as one struct with each member. Nested records and lists
// zip to nested structs, and names are kept.
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import type { Expression } from '../expression/expression.js';
import {
  type AnyClientsValue,
  type AnyServerValue,
  type ClientsResult,
  type Composed,
  type DisclosureIn,
  type ServerResult,
  SymbolicValue,
} from '../expression/symbolic-value.js';
import { type FederatedType, struct, type Type } from '../types/types.js';
import { describeValue } from '../values/to-value.js';
import { applyIntrinsic } from './apply.js';
import type { PointwiseIntrinsic } from './definition.js';

export const federatedZipDefinition: PointwiseIntrinsic = {
  name: 'federatedZip',
  role: 'pointwise',
  summary: 'Joins values of one placement into one struct with each member; names and nesting are kept.',
  signatures: ['(<{T}@CLIENTS,{U}@CLIENTS> -> {<T,U>}@CLIENTS)', '(<T@SERVER,U@SERVER> -> <T,U>@SERVER)'],
  infer(types, { settings }) {
    const [first] = types;
    if (first?.kind !== 'federated') return null;
    const members: Type[] = [];
    let allEqual: boolean = true;
    for (const type of types) {
      if (type.kind !== 'federated' || type.placement !== first.placement) return null;
      members.push(type.member);
      allEqual &&= type.allEqual;
    }
    const names = settings.names ?? null;
    const member =
      names === null
        ? struct(members)
        : struct(Object.fromEntries(names.map((name, index) => [name, members[index]!])));
    return { ...first, member, allEqual };
  },
  emit: (_program, _call, inputs) => inputs.flat(),
  evaluate: async (_call, inputs) => inputs.flat(),
};

/** The struct of members that a record or list of federated values zips to. */
export type MemberOf<C> = C extends SymbolicValue<FederatedType<infer M>> ? M : StructOfMembers<C>;

/** Spelled out rather than as StructType<…>, so that TypeScript puts off the recursion. */
export interface StructOfMembers<C> {
  readonly kind: 'struct';
  readonly elements: C extends object ? { readonly [K in keyof C]: MemberOf<C[K]> } : never;
}

/** Joins values of one placement, in a record or list, into one value of structs. */
export function federatedZip<const C extends Composed<AnyClientsValue>>(
  values: C,
): ClientsResult<MemberOf<C>, DisclosureIn<C>>;
export function federatedZip<const C extends Composed<AnyServerValue>>(
  values: C,
): ServerResult<MemberOf<C>, DisclosureIn<C>>;
export function federatedZip(values: Composed<SymbolicValue>): SymbolicValue {
  return zipComposed(values);
}

/**
 * One value as it is; a record or list zipped, from the inside out. With the type of a struct of names, a
 * record is taken in that order.
 */
export function zipComposed(values: Composed<SymbolicValue>, order?: Type | null): SymbolicValue {
  if (values instanceof SymbolicValue) return values;
  if (typeof values !== 'object' || values === null) {
    throw new TypeMismatchError(
      `Cannot zip: need federated values, in a record or list, got ${describeValue(values)}${atLocation(sourceLocation())}`,
    );
  }
  const names = Array.isArray(values) ? null : namesInOrder(values, order ?? null);
  const parts =
    names === null
      ? (values as readonly Composed<SymbolicValue>[])
      : names.map((name) => (values as { readonly [name: string]: Composed<SymbolicValue> })[name]!);
  const zipped: readonly Expression[] = parts.map(
    (part, index) => zipComposed(part, fieldAt(order, index)).expression,
  );
  return applyIntrinsic(federatedZipDefinition, zipped, { names });
}

function namesInOrder(values: object, order: Type | null): readonly string[] {
  const names = Object.keys(values);
  if (order?.kind !== 'struct' || Array.isArray(order.elements)) return names;
  const wanted = Object.keys(order.elements);
  return wanted.length === names.length && wanted.every((name) => names.includes(name)) ? wanted : names;
}

function fieldAt(order: Type | null | undefined, index: number): Type | null {
  if (order?.kind !== 'struct') return null;
  return (Object.values(order.elements) as Type[])[index] ?? null;
}
