// `federatedZip`: several values of one placement as one struct with each member. Nested records and lists
// zip to nested structs, and names are kept.

import { describeValue, isPlain } from '../../errors/describe-value.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { TypeMismatchError } from '../../errors/starling-error.js';
import type {
  AnyClientsValue,
  InOnePlace,
  PlacedResult,
  PlacedValue,
} from '../../expression/placed-values.js';
import { type Composed, SymbolicValue } from '../../expression/symbolic-value.js';
import { formatType } from '../../types/format.js';
import { type FederatedType, struct, type Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';

export const federatedZipDefinition: PointwiseIntrinsic = {
  name: 'federatedZip',
  usage: 'federatedZip(values)',
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
export type MemberOf<C> = [Composed<AnyClientsValue>] extends [C]
  ? Type
  : C extends SymbolicValue<FederatedType<infer M>>
    ? M
    : StructOfMembers<C>;

/** Spelled out rather than as StructType<…>, so that TypeScript puts off the recursion. */
export interface StructOfMembers<C> {
  readonly kind: 'struct';
  readonly elements: C extends object ? { readonly [K in keyof C]: MemberOf<C[K]> } : never;
}

/** Joins values of one placement, in a record or list, into one value of structs. */
export function federatedZip<const C extends Composed<PlacedValue>>(
  values: InOnePlace<C>,
): PlacedResult<MemberOf<C>, C>;
export function federatedZip(values: Composed<SymbolicValue>): SymbolicValue {
  return zipComposed(values);
}

/**
 * One value as it is; a record or list zipped, from the inside out. With the type of a struct of names, a
 * record is taken in that order. `intrinsic` is what the user called, for errors.
 */
export function zipComposed(
  values: Composed<SymbolicValue>,
  order?: Type | null,
  intrinsic = federatedZipDefinition.name,
  path = '',
): SymbolicValue {
  if (values instanceof SymbolicValue) return values;
  const fail = (need: string, got: string): never => {
    throw new TypeMismatchError(
      `Cannot apply ${intrinsic}: need ${need}, got ${got}${path === '' ? '' : ` at ${path}`}${atLocation(sourceLocation())}`,
    );
  };
  const isLocal = (values as { readonly kind?: unknown } | null)?.kind === 'local-computation';
  if (
    typeof values !== 'object' ||
    values === null ||
    isLocal ||
    (!Array.isArray(values) && !isPlain(values))
  ) {
    return fail(
      'federated values, in a record or list (federatedValue(…) makes one of a constant)',
      `${describeValue(values)}${isLocal ? '. The local computation comes first, then the values' : ''}`,
    );
  }
  const names = Array.isArray(values) ? null : namesInOrder(values, order ?? null);
  const keys = names ?? Object.keys(values);
  if (keys.length === 0) fail('at least one federated value', 'none');
  const parts = keys.map((key, index) => {
    const part = (values as { readonly [key: string]: Composed<SymbolicValue> })[key]!;
    const where = names === null ? `${path}[${key}]` : `${path}${path === '' ? '' : '.'}${key}`;
    return zipComposed(part, fieldAt(order, index), intrinsic, where);
  });
  const types = parts.map(({ type }) => type);
  const placements = new Set(types.map((type) => (type.kind === 'federated' ? type.placement : null)));
  if (placements.size > 1 || placements.has(null)) {
    const given = struct(
      names === null ? types : Object.fromEntries(names.map((name, index) => [name, types[index]!])),
    );
    fail('values that are all at CLIENTS, or all at SERVER', formatType(given));
  }
  return applyIntrinsic(federatedZipDefinition, parts, { names });
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
