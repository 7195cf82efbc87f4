// The fields of a struct at the server, to be put together with others.
import { type AnyServerValue, field, structEntries } from '@starling/federated-core';

/** By their names; none of a value that is no struct. */
export function fieldsOf(value: AnyServerValue): { readonly [name: string]: AnyServerValue } {
  const { member } = value.type;
  const names =
    member.kind === 'struct' ? structEntries(member).map(([name], index) => name ?? String(index)) : [];
  return Object.fromEntries(names.map((name) => [name, field(value, name) as AnyServerValue]));
}
